package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.JsonData;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and workers in processes of their own around one real Redis. */
@Tag("slow")
@Timeout(240)
final class WorkersTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private final RedisServer redis = RedisServer.start();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path data;

    @TempDir
    private Path agents;

    @TempDir
    private Path folder;

    private Marks marks = new Marks(Path.of(""));

    @BeforeEach
    void putAgent() throws Exception {
        marks = new Marks(folder);
        marks.putAgent(agents);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        redis.close();
    }

    private ServerProcess gateway() {
        ServerProcess gateway =
                ServerProcess.start(data, 0, flags(LEASE, "--max-running", "0", "--store", redis.address()));
        opened.add(gateway);
        return gateway;
    }

    private WorkerProcess worker(String... more) {
        return workerAt(redis.address(), LEASE, more);
    }

    private WorkerProcess workerAt(String store, Duration lease, String... more) {
        WorkerProcess worker = WorkerProcess.start(store, flags(lease, more));
        opened.add(worker);
        return worker;
    }

    private String[] flags(Duration lease, String... more) {
        return Stream.concat(
                        Stream.of("--agents", agents.toString(), "--lease", lease.toMillis() + "ms"), Stream.of(more))
                .toArray(String[]::new);
    }

    private Watcher watch(RunstreamClient client, String runId) {
        Watcher watcher = new Watcher(client.follow(runId));
        opened.add(watcher);
        return watcher;
    }

    private RunstreamClient client(ServerProcess server) {
        RunstreamClient client = server.client();
        opened.add(client);
        return client;
    }

    private static String start(RunstreamClient client, int attempts, String input) {
        return client.startRun(
                        StartRun.of("marking").attempts(attempts).input(JsonData.of("{\"be\":\"" + input + "\"}")))
                .runId();
    }

    /** The process that sent an event. */
    private static long pid(StreamEvent event) {
        return event.data().tree().asLong();
    }

    @Test
    void worksOnARunThatAGatewayTookIn() throws Exception {
        ServerProcess gateway = gateway();
        WorkerProcess worker = worker();
        assertThat(worker.readyLine()).isEqualTo("Runstream worker is ready for fund-scenario, marking");
        RunstreamClient client = client(gateway);
        Watcher reader = watch(client, start(client, 1, "loud"));
        assertThat(pid(reader.awaitFirst("delta"))).isEqualTo(worker.pid());
        assertThat(gateway.metric("ai_run_agents_working")).isZero();
    }

    @Test
    void letsAnotherTakeOverFromAWorkerThatIsKilled() throws Exception {
        RunstreamClient client = client(gateway());
        WorkerProcess one = worker();
        WorkerProcess two = worker();
        String runId = start(client, 2, "loud");
        Watcher reader = watch(client, runId);
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
        assertThat(deltas(events.subList(0, retrying))).containsOnly(first.pid());
        assertThat(deltas(events.subList(retrying, events.size()))).containsOnly(other.pid());
    }

    private static int indexOfStatus(List<StreamEvent> events, String field, String value) {
        for (int i = 0; i < events.size(); i++) {
            if (Watcher.isStatus(events.get(i), field, value)) {
                return i;
            }
        }
        throw new AssertionError("no status with " + field + " " + value + " in " + events);
    }

    private static List<Long> deltas(List<StreamEvent> events) {
        return events.stream()
                .filter(event -> event.event().equals("delta"))
                .map(WorkersTest::pid)
                .toList();
    }

    @Test
    void endsARunWithoutFurtherAttemptsWhoseWorkerIsKilled() throws Exception {
        RunstreamClient client = client(gateway());
        WorkerProcess only = worker();
        Watcher reader = watch(client, start(client, 1, "loud"));
        reader.awaitFirst("delta");
        only.kill();
        assertThat(reader.awaitEnd().data().text()).contains("\"code\":\"worker-lost\"");
    }

    @Test
    void fencesAWorkerThatWasStoppedForLongerThanItsLease() throws Exception {
        RunstreamClient client = client(gateway());
        WorkerProcess frozen = worker();
        String runId = start(client, 2, "loud");
        Watcher reader = watch(client, runId);
        reader.awaitFirst("delta");
        frozen.freeze();
        reader.awaitState("retrying");
        WorkerProcess other = worker();
        reader.awaitAttempt(2);
        reader.awaitEvent("delta of the other", event -> event.event().equals("delta") && pid(event) == other.pid());
        assertThat(marks.wasTold(runId, 1)).isFalse();

        frozen.thaw();
        marks.awaitTold(runId, 1);
        int seen = reader.events().size();
        reader.awaitEvent("more", event -> event.id().seq() > seen + 50);
        client.cancelRun(runId);
        reader.awaitEnd();
        List<StreamEvent> events = reader.events();
        assertThat(deltas(events.subList(indexOfStatus(events, "state", "retrying"), events.size())))
                .containsOnly(other.pid());
        assertThat(events.getLast().id().seq()).isEqualTo(events.size());

        other.kill();
        Watcher next = watch(client, start(client, 1, "loud"));
        assertThat(pid(next.awaitFirst("delta"))).isEqualTo(frozen.pid());
        assertThat(frozen.terminate()).isZero();
    }

    @Test
    void tellsAnAgentElsewhereOfACancelInMilliseconds() throws Exception {
        RunstreamClient one = client(gateway());
        RunstreamClient two = client(gateway());
        worker("--max-running", "4");
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            String runId = start(one, 1, "quiet");
            Watcher reader = watch(one, runId);
            reader.awaitFirst("delta");
            long asked = System.currentTimeMillis();
            two.cancelRun(runId);
            long told = marks.awaitTold(runId, 1);
            if (i >= 20) {
                millis.add(told - asked);
            }
            reader.awaitEnd();
        }
        List<Long> sorted = millis.stream().sorted().toList();
        System.err.println("cancel on one gateway -> agent of another process: p50 " + sorted.get(49) + " ms, p99 "
                + sorted.get(98) + " ms, most " + sorted.getLast() + " ms");
        assertThat(sorted.get(98)).isLessThan(250);
    }

    @Test
    void tellsAnAgentElsewhereOfACancelWithinFiveSecondsWhereNoMessageArrives() throws Exception {
        try (TcpProxy proxy = TcpProxy.before(redis.port())) {
            RunstreamClient client = client(gateway());
            workerAt(proxy.address(), LEASE);
            for (int i = 0; i < 3; i++) {
                proxy.swallowMessages(false);
                String runId = start(client, 1, "quiet");
                Watcher reader = watch(client, runId);
                reader.awaitFirst("delta");
                proxy.swallowMessages(true);
                long asked = System.currentTimeMillis();
                client.cancelRun(runId);
                assertThat(marks.awaitTold(runId, 1) - asked).isLessThan(5_000);
                reader.awaitEnd();
            }
        }
    }

    @Test
    void neverBeginsARunThatWasCancelledWhileItWaited() throws Exception {
        RunstreamClient client = client(gateway());
        String cancelled = start(client, 1, "loud");
        assertThat(client.cancelRun(cancelled)).isEqualTo(RunState.CANCELLED);
        String next = start(client, 1, "loud");
        worker();
        watch(client, next).awaitFirst("delta");
        assertThat(marks.hasBegun(next, 1)).isTrue();
        assertThat(marks.hasBegun(cancelled, 1)).isFalse();
    }

    @Test
    void handsOverAtOnceWhatHasNotEndedWhenItIsTerminated() throws Exception {
        RunstreamClient client = client(gateway());
        Duration drain = Duration.ofSeconds(2);
        WorkerProcess first = workerAt(redis.address(), Duration.ofMinutes(5), "--drain", "2s");
        String runId = start(client, 2, "loud");
        Watcher reader = watch(client, runId);
        reader.awaitFirst("delta");
        WorkerProcess other = worker();

        long asked = System.nanoTime();
        assertThat(first.terminate()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(drain.plusSeconds(2));
        reader.awaitEvent("delta of the other", event -> event.event().equals("delta") && pid(event) == other.pid());
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(drain.plusSeconds(6));
        assertThat(marks.wasTold(runId, 1)).isTrue();
    }

    @Test
    void sharesABurstAmongWorkersAndRunsEachOnce() throws Exception {
        RunstreamClient client = client(gateway());
        List<WorkerProcess> workers = List.of(worker("--max-running", "2"), worker("--max-running", "2"));
        StartRun small = StartRun.of("fund-scenario").input(JsonData.of("{\"paths\":200}"));
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            runs.add(client.startRun(small).runId());
        }
        for (String runId : runs) {
            assertThat(client.awaitEnd(runId).state()).isEqualTo(RunState.COMPLETED);
            assertThat(client.getRun(runId).attempt()).isEqualTo(1);
        }
        assertThat(workers).allMatch(WorkerProcess::isAlive);
    }

    @Test
    void waitsForRedisThatIsAwayAndGoesOn() throws Exception {
        try (TcpProxy proxy = TcpProxy.before(redis.port())) {
            RunstreamClient client = client(gateway());
            WorkerProcess worker = workerAt(proxy.address(), Duration.ofMinutes(5));
            String runId = start(client, 1, "loud");
            Watcher reader = watch(client, runId);
            reader.awaitFirst("delta");
            proxy.refuse(true);
            proxy.cut();
            String next = start(client, 1, "loud");
            proxy.refuse(false);
            watch(client, next).awaitFirst("delta");
            int seen = reader.events().size();
            reader.awaitEvent("more", event -> event.id().seq() > seen + 5);
            client.cancelRun(runId);
            reader.awaitEnd();
            assertThat(reader.losses()).isEmpty();
            assertThat(deltas(reader.events())).containsOnly(worker.pid());
        }
    }

    @Test
    void saysWhyItCannotStart() throws Exception {
        int port = ServerProcess.freePort();
        CommandProcess.Finished refused = CommandProcess.run("worker", "--store", "redis://:s3cret@127.0.0.1:" + port);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).noneMatch(line -> line.startsWith("\tat ") || line.contains("s3cret"));
        assertThat(refused.err().getLast()).startsWith("runstream: ").contains("127.0.0.1:" + port);
    }
}
