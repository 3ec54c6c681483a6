package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.JsonData;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that compute on their own thread and hear nothing, which the pool was made to avoid. */
@Tag("slow")
@Tag("alone")
@Timeout(120)
final class GreedyAgentsTest {
    private static final int AGENTS = Runtime.getRuntime().availableProcessors() + 1;

    @TempDir
    private Path data;

    @TempDir
    private Path agents;

    @Test
    void keepNoOtherFromBeginningAndAreSeen() throws Exception {
        AgentJars.put(
                agents,
                "greedy",
                "long end = System.nanoTime() + 60_000_000_000L; while (System.nanoTime() < end) {} run.complete(1);");
        Files.createDirectories(data);
        try (ServerProcess server = ServerProcess.start(
                        data,
                        0,
                        "--agents",
                        agents.toString(),
                        "--cancel-grace",
                        "500ms",
                        "--max-running",
                        Integer.toString(AGENTS + 1));
                RunstreamClient client = server.client()) {
            List<String> greedy = new ArrayList<>();
            for (int i = 0; i < AGENTS; i++) {
                greedy.add(client.startRun(StartRun.of("greedy")).runId());
            }
            server.awaitUntil("all are at work", () -> server.metric("ai_run_agents_working") == AGENTS);

            long asked = System.nanoTime();
            HttpResponse<String> refused =
                    server.post("/api/agents/run", "{\"agent\":\"fund-scenario\",\"input\":{\"paths\":-1}}");
            assertThat(refused.statusCode()).isEqualTo(400);
            StartRun small = StartRun.of("fund-scenario").input(JsonData.of("{\"paths\":200}"));
            try (Watcher reader =
                    new Watcher(client.follow(client.startRun(small).runId()))) {
                assertThat(reader.awaitEnd().event()).isEqualTo("complete");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));

            greedy.forEach(client::cancelRun);
            server.awaitUntil("all are seen to be stuck", () -> server.metric("ai_run_agents_stuck") == AGENTS);
        }
    }
}
