package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The main job over real sockets: start, stream, resume, cancel. */
class RunLifeTest {
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private RawHttp.Answer start(String runId) {
        return RawHttp.postJson(
                server.port(), "/api/agents/run", "{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
    }

    private RawHttp.Answer publish(String runId, String event) {
        return RawHttp.postJson(server.port(), "/api/agents/run/" + runId + "/events", event);
    }

    @Test
    void streamsWhatIsHeldAndThenEnds() {
        RawHttp.Answer started = start("a");
        assertThat(started.status()).isEqualTo(201);
        assertThat(started.header("Location")).contains("/api/agents/run/a");
        assertThat(publish("a", "{\"type\":\"delta\",\"data\": { \"text\" : \"hello\" } }")
                        .status())
                .isEqualTo(200);
        assertThat(publish("a", "{\"type\":\"complete\",\"data\":42}").text()).contains("\"state\":\"completed\"");

        RawHttp.Answer stream = RawHttp.get(server.port(), "/api/agents/stream/a");

        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.text())
                .startsWith("retry: 10000\nevent: status\ndata: {\"state\":\"completed\",\"attempt\":1,\"runId\":\"a\","
                        + "\"resume\":\"start\"")
                .contains("event: delta\ndata: {\"text\":\"hello\"}\n\n")
                .endsWith("event: complete\ndata: 42\n\n");
    }

    @Test
    void resumesAfterTheLastSeenEvent() {
        String lastEventId = start("b").text().replaceAll("(?s).*\"lastEventId\":\"([^\"]*)\".*", "$1");
        publish("b", "{\"type\":\"delta\",\"data\":1}");
        publish("b", "{\"type\":\"delta\",\"data\":2}");
        publish("b", "{\"type\":\"complete\",\"data\":3}");

        RawHttp.Answer stream =
                RawHttp.ask(server.port(), "GET /api/agents/stream/b", "Last-Event-ID: " + lastEventId + "\r\n", "");

        assertThat(stream.text())
                .contains("\"resume\":\"resumed\"")
                .doesNotContain("id: " + lastEventId + "\n")
                .containsSubsequence("data: 1\n", "data: 2\n", "data: 3\n");
    }

    @Test
    void deliversLiveAndTellsOfACancel() {
        start("c");
        try (RawHttp reader = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/c HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(reader.head()).contains("Transfer-Encoding: chunked");
            reader.chunk();
            reader.chunk();
            publish("c", "{\"type\":\"delta\",\"data\":\"live\"}");
            assertThat(reader.chunkText()).contains("data: \"live\"\n\n");

            RawHttp.Answer cancelled = RawHttp.ask(server.port(), "DELETE /api/agents/run/c", "", "");

            assertThat(cancelled.status()).isEqualTo(204);
            assertThat(cancelled.header("Run-State")).contains("cancelling");
            assertThat(reader.chunkText()).contains("\"state\":\"cancelling\"");
            assertThat(publish("c", "{\"type\":\"error\",\"data\":{\"message\":\"stopped\"}}")
                            .text())
                    .contains("\"state\":\"cancelled\"");
            assertThat(reader.chunkText()).contains("\"code\":\"cancelled\"");
            assertThat(reader.chunk()).isEmpty();
            assertThat(reader.read()).isEqualTo(-1);
        }
    }
}
