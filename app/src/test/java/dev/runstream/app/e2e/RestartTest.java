package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.Run;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server while agents work in it. */
@Tag("slow")
@Timeout(180)
final class RestartTest {
    @TempDir
    private Path data;

    @Test
    void runsAgainWhatMayBeTriedAgainAndComesToTheSameResult() throws Exception {
        StartRun start = StartRun.of("fund-scenario").input(Funds.input(60_000));
        String once;
        String twice;
        try (ServerProcess server = ServerProcess.start(data, 0);
                RunstreamClient client = server.client()) {
            once = client.startRun(start.attempts(1)).runId();
            twice = client.startRun(start.attempts(2)).runId();
            try (Watcher first = new Watcher(client.follow(once));
                    Watcher second = new Watcher(client.follow(twice))) {
                first.awaitFirst("partial");
                second.awaitFirst("partial");
                server.kill();
            }
        }
        try (ServerProcess server = ServerProcess.start(data, 0);
                RunstreamClient client = server.client();
                Watcher first = new Watcher(client.follow(once));
                Watcher second = new Watcher(client.follow(twice))) {
            assertThat(first.awaitEnd().data().tree().path("code").asText()).isEqualTo("worker-lost");
            assertThat(client.getRun(once).state()).isEqualTo(RunState.FAILED);

            StreamEvent end = second.awaitEnd();
            assertThat(end.event()).isEqualTo("complete");
            assertThat(states(second)).containsSubsequence("running 1", "retrying 0", "running 2");
            assertThat(second.losses()).isEmpty();
            Run run = client.getRun(twice);
            assertThat(run.state()).isEqualTo(RunState.COMPLETED);
            assertThat(run.attempt()).isEqualTo(2);

            String undisturbed = client.startRun(start).runId();
            try (Watcher third = new Watcher(client.follow(undisturbed))) {
                assertThat(third.awaitEnd().data()).isEqualTo(end.data());
            }
        }
    }

    /** Each state the server told, with the attempt, 0 where it told none. */
    private static List<String> states(Watcher reader) {
        List<String> states = new ArrayList<>();
        for (StreamEvent event : reader.events()) {
            if (event.event().equals("status") && event.data().tree().has("at")) {
                states.add(event.data().tree().path("state").asText() + " "
                        + event.data().tree().path("attempt").asInt());
            }
        }
        return states;
    }

    @Test
    void letsQueuedRunsBeginAfterARestartButNeverACancelledOne() throws Exception {
        StartRun small = StartRun.of("fund-scenario").input(Funds.input(500));
        String busy;
        List<String> queued;
        String cancelled;
        try (ServerProcess server = ServerProcess.start(data, 0, "--max-running", "1");
                RunstreamClient client = server.client()) {
            busy = client.startRun(StartRun.of("fund-scenario").input(Funds.input(Funds.ENDLESS)))
                    .runId();
            try (Watcher reader = new Watcher(client.follow(busy))) {
                reader.awaitFirst("partial");
            }
            queued = List.of(
                    client.startRun(small).runId(), client.startRun(small).runId());
            cancelled = client.startRun(small).runId();
            assertThat(client.cancelRun(cancelled)).isEqualTo(RunState.CANCELLED);
            assertThat(client.getRun(queued.getLast()).state()).isEqualTo(RunState.QUEUED);
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(data, 0, "--max-running", "1");
                RunstreamClient client = server.client()) {
            try (Watcher reader = new Watcher(client.follow(busy))) {
                reader.awaitAttempt(2);
                assertThat(client.getRun(queued.getFirst()).state()).isEqualTo(RunState.QUEUED);
                client.cancelRun(busy);
                assertThat(reader.awaitEnd().data().tree().path("code").asText())
                        .isEqualTo("cancelled");
            }
            for (String runId : queued) {
                try (Watcher reader = new Watcher(client.follow(runId))) {
                    assertThat(reader.awaitEnd().event()).isEqualTo("complete");
                    assertThat(states(reader)).first().isEqualTo("queued 0");
                    assertThat(client.getRun(runId).attempt()).isEqualTo(1);
                }
            }
            try (Watcher reader = new Watcher(client.follow(cancelled))) {
                reader.awaitEnd();
                assertThat(states(reader)).containsExactly("queued 0", "cancelling 0");
            }
            assertThat(client.getRun(cancelled).startedAt()).isEmpty();
        }
    }
}
