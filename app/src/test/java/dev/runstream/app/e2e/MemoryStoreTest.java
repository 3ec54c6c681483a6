package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that keeps nothing: {@code --store memory}. */
@Tag("slow")
@Timeout(120)
final class MemoryStoreTest {
    private static final int EVENT_BYTES = 200_000;
    private static final int EVENTS = 5;
    /** What is given, and a little for the states of runs, which are told even where no event finds room. */
    private static final double MOST_BYTES = 8 * 1024 * 1024 + 65_536;

    @TempDir
    private Path data;

    private ServerProcess start(String... flags) {
        List<String> all = new ArrayList<>(List.of("--store", "memory"));
        all.addAll(List.of(flags));
        return ServerProcess.start(data.resolve("unused"), 0, all.toArray(String[]::new));
    }

    @Test
    void givesUpEndedRunsForNewOnesAndThenRefuses() throws Exception {
        try (ServerProcess server = start("--total-buffer", "8MB", "--run-buffer", "4MB");
                RunstreamClient client = server.client()) {
            List<String> ended = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String runId = fill(server, client, EVENTS);
                server.post("/api/agents/run/" + runId + "/events", "{\"type\":\"complete\",\"data\":" + i + "}");
                ended.add(runId);
            }
            assertThat(server.metric("ai_run_memory_bytes")).isLessThan(MOST_BYTES);
            try (Watcher oldest = new Watcher(client.follow(ended.getFirst()));
                    Watcher latest = new Watcher(client.follow(ended.getLast()))) {
                latest.awaitEnd();
                assertThat(latest.data("delta")).hasSize(EVENTS);
                assertThat(oldest.awaitEnd().data().text()).isEqualTo("0");
                assertThat(oldest.events()).extracting(StreamEvent::event).containsExactly("complete");
                assertThat(oldest.losses()).hasSize(1);
            }
            HttpResponse<String> started = fillWithOpenRuns(server);
            assertThat(started.statusCode()).as(started.body()).isEqualTo(503);
            assertThat(started.body()).contains("\"overloaded\"");
            assertThat(started.headers().firstValue("Retry-After")).isPresent();
            assertThat(server.metric("ai_run_memory_bytes")).isLessThan(MOST_BYTES);
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(server.get("/api/agents/run/" + ended.getLast()).statusCode())
                    .isEqualTo(404);
        }
    }

    /** Until no further run may begin; its refusal. */
    private static HttpResponse<String> fillWithOpenRuns(ServerProcess server) {
        for (int run = 0; run < 20; run++) {
            String runId = "open" + run;
            HttpResponse<String> started =
                    server.post("/api/agents/run", "{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
            if (started.statusCode() != 201) {
                return started;
            }
            for (int event = 0; event < EVENTS; event++) {
                assertThat(publish(server, runId, event).statusCode()).isIn(200, 503);
                assertThat(server.metric("ai_run_memory_bytes")).isLessThan(MOST_BYTES);
            }
        }
        throw new AssertionError("20 full runs have begun");
    }

    private static String fill(ServerProcess server, RunstreamClient client, int events) {
        String runId = client.startRun(StartRun.external()).runId();
        for (int n = 0; n < events; n++) {
            assertThat(publish(server, runId, n).statusCode()).isEqualTo(200);
        }
        return runId;
    }

    private static HttpResponse<String> publish(ServerProcess server, String runId, int number) {
        return server.post(
                "/api/agents/run/" + runId + "/events",
                "{\"type\":\"delta\",\"data\":\"" + number + "x".repeat(EVENT_BYTES) + "\"}");
    }

    @Test
    void forgetsEndedRunsAfterAWhileAndEverythingWithARestart() throws Exception {
        String kept;
        try (ServerProcess server = start("--retain-ended", "500ms");
                RunstreamClient client = server.client()) {
            kept = client.startRun(StartRun.external()).runId();
            String ended = client.startRun(StartRun.external()).runId();
            server.post("/api/agents/run/" + ended + "/events", "{\"type\":\"complete\",\"data\":1}");
            assertThat(server.get("/api/agents/run/" + ended).statusCode()).isEqualTo(200);
            server.awaitUntil(
                    "the ended run is gone",
                    () -> server.get("/api/agents/run/" + ended).statusCode() == 404);
            assertThat(server.get("/api/agents/stream/" + ended).statusCode()).isEqualTo(404);
            assertThat(server.get("/api/agents/run/" + kept).statusCode()).isEqualTo(200);
        }
        assertThat(Files.exists(data.resolve("unused"))).isFalse();
        try (ServerProcess server = start()) {
            assertThat(server.get("/api/agents/run/" + kept).statusCode()).isEqualTo(404);
        }
    }
}
