package dev.runstream.app.e2e;

import static dev.runstream.app.e2e.Fleet.LEASE;
import static dev.runstream.app.e2e.Fleet.pid;
import static dev.runstream.app.e2e.Fleet.pids;
import static dev.runstream.app.e2e.Fleet.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StreamEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that die, freeze or are told to stop, and the others that go on with their runs. */
@Tag("slow")
@Timeout(240)
final class TakeOverTest {
    @TempDir
    private Path folder;

    private Fleet fleet;

    @BeforeEach
    void open() throws Exception {
        fleet = new Fleet(folder);
    }

    @AfterEach
    void close() throws Exception {
        fleet.close();
    }

    @Test
    void letsAnotherTakeOverFromAWorkerThatIsKilled() throws Exception {
        RunstreamClient client = fleet.client();
        WorkerProcess one = fleet.worker();
        WorkerProcess two = fleet.worker();
        String runId = start(client, 2, "loud");
        Watcher reader = fleet.watch(client, runId);
        WorkerProcess first = pid(reader.awaitFirst("delta")) == one.pid() ? one : two;
        WorkerProcess other = first == one ? two : one;

        long killed = System.nanoTime();
        first.kill();
        reader.awaitAttempt(2);
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(LEASE.plusSeconds(4));
        reader.awaitEvent("delta of the other", event -> event.event().equals("delta") && pid(event) == other.pid());
        client.cancelRun(runId);
        reader.awaitEnd();

        List<StreamEvent> events = reader.events();
        assertThat(events).extracting(event -> event.id().seq()).isSorted().doesNotHaveDuplicates();
        assertThat(events.getLast().id().seq()).isEqualTo(events.size());
        assertThat(events)
                .extracting(event -> event.id().epoch())
                .containsOnly(events.getFirst().id().epoch());
        assertThat(reader.losses()).isEmpty();
        int retrying = indexOfStatus(events, "state", "retrying");
        int second = indexOfStatus(events, "attempt", "2");
        assertThat(second).isGreaterThan(retrying);
        assertThat(pids(events.subList(0, retrying))).containsOnly(first.pid());
        assertThat(pids(events.subList(retrying, events.size()))).containsOnly(other.pid());
    }

    @Test
    void endsARunWithoutFurtherAttemptsWhoseWorkerIsKilled() throws Exception {
        RunstreamClient client = fleet.client();
        WorkerProcess only = fleet.worker();
        Watcher reader = fleet.watch(client, start(client, 1, "loud"));
        reader.awaitFirst("delta");
        only.kill();
        assertThat(reader.awaitEnd().data().text()).contains("\"code\":\"worker-lost\"");
    }

    @Test
    void fencesAWorkerThatWasStoppedForLongerThanItsLease() throws Exception {
        RunstreamClient client = fleet.client();
        WorkerProcess frozen = fleet.worker();
        String runId = start(client, 2, "loud");
        Watcher reader = fleet.watch(client, runId);
        reader.awaitFirst("delta");
        frozen.freeze();
        reader.awaitState("retrying");
        WorkerProcess other = fleet.worker();
        reader.awaitAttempt(2);
        reader.awaitEvent("delta of the other", event -> event.event().equals("delta") && pid(event) == other.pid());
        assertThat(fleet.marks.wasTold(runId, 1)).isFalse();

        frozen.thaw();
        fleet.marks.awaitTold(runId, 1);
        int seen = reader.events().size();
        reader.awaitEvent("more", event -> event.id().seq() > seen + 50);
        client.cancelRun(runId);
        reader.awaitEnd();
        List<StreamEvent> events = reader.events();
        assertThat(pids(events.subList(indexOfStatus(events, "state", "retrying"), events.size())))
                .containsOnly(other.pid());
        assertThat(events.getLast().id().seq()).isEqualTo(events.size());

        other.kill();
        Watcher next = fleet.watch(client, start(client, 1, "loud"));
        assertThat(pid(next.awaitFirst("delta"))).isEqualTo(frozen.pid());
        assertThat(frozen.terminate()).isZero();
    }

    @Test
    void handsOverAtOnceWhatHasNotEndedWhenItIsTerminated() throws Exception {
        RunstreamClient client = fleet.client();
        Duration drain = Duration.ofSeconds(2);
        WorkerProcess first = fleet.workerAt(fleet.redis.address(), Duration.ofMinutes(5), "--drain", "2s");
        String runId = start(client, 2, "loud");
        Watcher reader = fleet.watch(client, runId);
        reader.awaitFirst("delta");
        WorkerProcess other = fleet.worker();

        long asked = System.nanoTime();
        assertThat(first.terminate()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(drain.plusSeconds(2));
        reader.awaitEvent("delta of the other", event -> event.event().equals("delta") && pid(event) == other.pid());
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(drain.plusSeconds(6));
        assertThat(fleet.marks.wasTold(runId, 1)).isTrue();
    }

    private static int indexOfStatus(List<StreamEvent> events, String field, String value) {
        for (int i = 0; i < events.size(); i++) {
            if (Watcher.isStatus(events.get(i), field, value)) {
                return i;
            }
        }
        throw new AssertionError("no status with " + field + " " + value + " in " + events);
    }
}
