package dev.runstream.client;

import static dev.runstream.client.Frame.complete;
import static dev.runstream.client.Frame.event;
import static dev.runstream.client.Frame.first;
import static dev.runstream.client.ScriptedServer.LAST_CHUNK;
import static dev.runstream.client.ScriptedServer.STREAM_HEAD;
import static dev.runstream.client.ScriptedServer.chunked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.ScriptedServer.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CutAnywhereTest {
    private static final List<String> LOG = List.of(
            event("5-1", "status", "{\"state\":\"running\"}"),
            event("5-2", "delta", "{\"text\":\"grün 🎈\"}"),
            event("5-3", "delta", "{}"),
            ":keepalive\n\n" + event("5-4", "partial", "[1,2]"),
            complete("5-5"));

    /** The whole answer to a reader that stands after {@code lastEventId}. */
    private static byte[] answerAfter(String lastEventId) {
        int seen = lastEventId.isEmpty() ? 0 : Integer.parseInt(lastEventId.substring(2));
        if (seen == LOG.size()) {
            return "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(UTF_8);
        }
        StringBuilder answer = new StringBuilder(STREAM_HEAD).append(chunked(first(seen == 0 ? "start" : "resumed")));
        LOG.subList(seen, LOG.size()).forEach(frame -> answer.append(chunked(frame)));
        return answer.append(LAST_CHUNK).toString().getBytes(UTF_8);
    }

    private static void sendCut(Exchange exchange, int bytes, boolean rst) throws IOException {
        byte[] whole = answerAfter(exchange.request().header("Last-Event-ID"));
        exchange.send(Arrays.copyOf(whole, Math.min(bytes, whole.length)));
        if (rst) {
            exchange.reset();
        } else {
            exchange.cut();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRunCutAtEveryByteResumesWithoutLossOrRepeat(boolean rst) throws IOException {
        int length = answerAfter("").length;
        try (ScriptedServer server = ScriptedServer.serving();
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .backoff(new Backoff(Duration.ZERO, Duration.ZERO))
                        .build()) {
            for (int cut = 0; cut <= length; cut++) {
                int bytes = cut;
                server.then(exchange -> sendCut(exchange, bytes, rst));
                server.then(exchange -> sendCut(exchange, Integer.MAX_VALUE, false));
                assertThat(follow(client)).as("cut after %d bytes", cut).isEqualTo(LOG.size());
                server.forget();
            }
        }
    }

    /** Follows to the end, and returns how many events came, each the next in line. */
    private static int follow(RunstreamClient client) {
        List<String> ids = new ArrayList<>();
        try (RunStream stream = client.follow("r")) {
            for (StreamItem item : stream) {
                assertThat(item).isNotInstanceOf(StreamItem.Gap.class).isNotInstanceOf(StreamItem.Reset.class);
                if (item instanceof StreamEvent event) {
                    ids.add(event.id().toString());
                    assertThat(event.id().seq()).isEqualTo(ids.size());
                }
            }
        }
        return ids.size();
    }
}
