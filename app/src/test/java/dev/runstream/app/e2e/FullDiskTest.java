package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room, on a small file system of memory that only root can make. */
@Tag("slow")
@Timeout(180)
final class FullDiskTest {
    private static final int EVENT_BYTES = 200_000;

    @TempDir
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk.toString()) == 0,
                "only root can mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void refusesUntilThereIsRoomAgainAndLosesNothingItAcknowledged() throws Exception {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[28_000_000]);
        try (ServerProcess server =
                        ServerProcess.start(disk.resolve("data"), 0, "--run-buffer", "100MB", "--keepalive", "200ms");
                RunstreamClient client = server.client()) {
            String runId = client.startRun(StartRun.external()).runId();
            try (Watcher reader = new Watcher(client.follow(runId))) {
                List<String> acknowledged = new ArrayList<>();
                HttpResponse<String> answer = publish(server, runId, 0);
                for (int i = 0; answer.statusCode() == 200; answer = publish(server, runId, i)) {
                    acknowledged.add(Integer.toString(i));
                    i++;
                }
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.body()).contains("\"store-unavailable\"");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(server.get("/readyz").statusCode()).isEqualTo(503);
                assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
                assertThat(server.post("/api/agents/run", "{\"agent\":\"external\"}")
                                .statusCode())
                        .isEqualTo(503);
                assertThat(server.metric("ai_stream_connections_active")).isEqualTo(1);
                assertThat(server.get("/api/agents/run/" + runId).statusCode()).isEqualTo(200);

                Files.delete(ballast);
                server.awaitUntil("ready again", () -> server.get("/readyz").statusCode() == 200);
                int next = acknowledged.size();
                assertThat(publish(server, runId, next).statusCode()).isEqualTo(200);
                acknowledged.add(Integer.toString(next));
                assertThat(server.post("/api/agents/run/" + runId + "/events", "{\"type\":\"complete\",\"data\":null}")
                                .statusCode())
                        .isEqualTo(200);
                reader.awaitEnd();
                assertThat(numbers(reader)).isEqualTo(acknowledged);
                assertThat(reader.losses()).isEmpty();
                assertThat(reader.seen())
                        .as("one connection through it all")
                        .filteredOn(item -> item.item() instanceof dev.runstream.client.StreamItem.Opened)
                        .hasSize(1);
            }
            server.kill();
            try (ServerProcess again = ServerProcess.start(disk.resolve("data"), 0);
                    RunstreamClient other = again.client();
                    Watcher reader = new Watcher(other.follow(runId))) {
                reader.awaitEnd();
                assertThat(reader.events()).hasSizeGreaterThan(2);
            }
        }
    }

    private static HttpResponse<String> publish(ServerProcess server, String runId, int number) {
        return server.post(
                "/api/agents/run/" + runId + "/events",
                "{\"type\":\"delta\",\"data\":\"" + number + " " + "x".repeat(EVENT_BYTES) + "\"}",
                "Producer-Id",
                "p",
                "Producer-Epoch",
                "1",
                "Producer-Seq",
                Integer.toString(number));
    }

    private static List<String> numbers(Watcher reader) {
        return reader.data("delta").stream()
                .map(data -> data.substring(1, data.indexOf(' ')))
                .toList();
    }

    @Test
    void letsTheOldestEndedRunsGoAndThenRefusesNewOnes() throws Exception {
        try (ServerProcess server = ServerProcess.start(disk.resolve("data"), 0, "--max-disk", "16MB");
                RunstreamClient client = server.client()) {
            List<String> ended = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String runId = client.startRun(StartRun.external()).runId();
                ended.add(runId);
                for (int n = 0; n < 10; n++) {
                    assertThat(publish(server, runId, n).statusCode()).isEqualTo(200);
                }
                server.post("/api/agents/run/" + runId + "/events", "{\"type\":\"complete\",\"data\":null}");
            }
            server.awaitUntil(
                    "the oldest are gone",
                    () -> server.get("/api/agents/run/" + ended.get(4)).statusCode() == 404);
            assertThat(server.get("/api/agents/run/" + ended.getLast()).statusCode())
                    .isEqualTo(200);
            assertThat(bytesIn(disk.resolve("data"))).isLessThan(21_000_000);

            String open = client.startRun(StartRun.external()).runId();
            String other = client.startRun(StartRun.external()).runId();
            for (int n = 0; n < 40; n++) {
                assertThat(publish(server, open, n).statusCode()).isEqualTo(200);
                assertThat(publish(server, other, n).statusCode()).isEqualTo(200);
            }
            HttpResponse<String> refused = server.post("/api/agents/run", "{\"agent\":\"external\"}");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"overloaded\"");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(publish(server, open, 40).statusCode()).isEqualTo(200);
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    private static long bytesIn(Path folder) throws IOException {
        long bytes = 0;
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
