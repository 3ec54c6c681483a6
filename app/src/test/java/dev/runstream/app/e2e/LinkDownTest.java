package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers whose link goes down in the middle of a stream, so that no closing of a connection ever arrives. */
@Tag("slow")
@Timeout(180)
final class LinkDownTest {
    /**
     * A keepalive that stays unacknowledged, the limit, and some looks. With the defaults of 25 s and 30 s it is 60 s; the
     * readers of this test were gone after 57 s then.
     */
    private static final Duration MOST = Duration.ofSeconds(12);

    private static final String[] SOONER = {
        "--keepalive", "2s", "--slow-reader-timeout", "3s", "--disconnect-grace", "1s", "--cancel-grace", "1s"
    };
    private static final int EVENT_BYTES = 100_000;

    @TempDir
    private Path data;

    @Test
    void areGoneAndTheirRunsAreCancelled() throws Exception {
        try (Link link = Cable.lay()) {
            goesDownUnder(link);
        } catch (Cable.NotAllowedException notHere) {
            Assumptions.abort("no network may be made here: " + notHere.getMessage());
        }
    }

    @Test
    void areGoneTooWhereSomethingBetweenTakesNothingAnyMore() throws Exception {
        try (Link link = new HaltingProxy()) {
            goesDownUnder(link);
        }
    }

    private void goesDownUnder(Link link) throws IOException {
        try (ServerProcess server = link.startServer(data, SOONER)) {
            List<String> runs = new ArrayList<>(List.of("busy"));
            if (link.showsSilence()) {
                runs.add("silent");
            }
            for (String runId : runs) {
                server.ask(
                        "POST",
                        "/api/agents/run",
                        "{\"agent\":\"external\",\"runId\":\"" + runId
                                + "\",\"onDisconnect\":\"cancel\",\"leaseSeconds\":600}");
                publish(server, runId, "\"before\"");
                readUpTo(link.follow(server, runId), "\"before\"");
            }
            assertThat(server.metric("ai_stream_connections_active")).isEqualTo(runs.size());

            link.goDown();

            long down = System.nanoTime();
            String large = "\"" + "x".repeat(EVENT_BYTES) + "\"";
            server.awaitUntil("the readers are gone", () -> {
                publish(server, "busy", large);
                return server.metric("ai_stream_connections_active") == 0;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - down)).isLessThan(MOST);
            assertThat(server.metric("ai_stream_clients_gauge")).isZero();
            assertThat(server.metric("ai_stream_closed_total{reason=\"slow\"}")).isEqualTo(runs.size());
            for (String runId : runs) {
                server.awaitUntil(
                        runId + " is cancelled",
                        () -> server.ask("GET", "/api/agents/run/" + runId, "").contains("\"state\":\"cancelled\""));
            }
            assertThat(server.ask("GET", "/api/agents/run/busy", "")).contains("\"readers\":0");
        }
    }

    private static void publish(ServerProcess server, String runId, String data) {
        server.ask("POST", "/api/agents/run/" + runId + "/events", "{\"type\":\"delta\",\"data\":" + data + "}");
    }

    private static void readUpTo(InputStream stream, String wanted) throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        while (!seen.toString(StandardCharsets.UTF_8).contains(wanted)) {
            int next = stream.read();
            assertThat(next).as("the stream goes on after %s", seen).isNotNegative();
            seen.write(next);
        }
    }
}
