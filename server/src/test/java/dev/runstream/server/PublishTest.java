package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/agents/run/:runId/events}: what is taken and what is refused. */
class PublishTest {
    private static final int MAX_EVENT = 256 * 1024;

    private final ApiServer server =
            new ApiServer.Setup().agent("easy", ApiServer.InputCheck.NONE).start();

    @BeforeEach
    void startRun() {
        assertThat(server.startExternal("a").status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String delta(Object data) {
        return "{\"type\":\"delta\",\"data\":" + data + "}";
    }

    private static JsonNode json(RawHttp.Answer answer) {
        return StartTest.json(answer);
    }

    /** The head of a request whose lines come in chunks. */
    private static String linesFor(String runId) {
        return "POST /api/agents/run/" + runId + "/events HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    private long lastSeq() {
        return Long.parseLong(json(server.get("/api/agents/run/a"))
                .get("lastEventId")
                .asText()
                .replaceAll(".*-", ""));
    }

    private String log() {
        return server.get("/api/agents/stream/a").text();
    }

    private void complete() {
        assertThat(server.publish("a", "{\"type\":\"complete\",\"data\":0}").status())
                .isEqualTo(200);
    }

    @Test
    void answersWithTheLastIdTheStateAndWhetherToStop() {
        RawHttp.Answer answer = server.publish("a", delta(1));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).contains("application/json");
        String lastEventId =
                json(server.get("/api/agents/run/a")).get("lastEventId").asText();
        assertThat(answer.text())
                .isEqualTo("{\"lastEventId\":\"" + lastEventId + "\",\"state\":\"running\",\"cancelRequested\":false}");
        server.cancel("a");
        assertThat(server.publish("a", delta(2)).text())
                .endsWith("-4\",\"state\":\"cancelling\",\"cancelRequested\":true}");
    }

    @Test
    void takesManyLinesOfEveryForm() {
        RawHttp.Answer answer = server.publishLines(
                "a",
                "",
                delta(1) + "\n\n  \t\r\n" + delta(2) + "\r\n {\"data\" : 3 , \"type\" : \"de\\u006cta\"}\n" + delta(4));

        assertThat(answer.status()).isEqualTo(200);
        complete();
        assertThat(log())
                .containsSubsequence("data: 1\n", "data: 2\n", "data: 3\n", "data: 4\n", "event: complete\ndata: 0\n");
        assertThat(lastSeq()).isEqualTo(6);
    }

    @Test
    void appliesEachLineAsItArrivesThoughTheBodyStaysOpen() {
        try (RawHttp reader = new RawHttp(server.port());
                RawHttp worker = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            reader.head();
            reader.chunk();
            reader.chunk();
            worker.send(linesFor("a"));
            for (int i = 1; i <= 3; i++) {
                String line = delta(i) + "\n";
                // Cut anywhere, since what arrives in one piece is no line.
                for (String piece : List.of(line.substring(0, 9), line.substring(9))) {
                    worker.send(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
                }
                assertThat(reader.chunkText()).contains("event: delta\ndata: " + i + "\n\n");
            }
            worker.send("0\r\n\r\n");
            assertThat(worker.answer(false).text()).contains("-4\",\"state\":\"running\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Type: application/json\r\n", "Content-Type: application/x-ndjson\r\n"})
    void takesACallWithoutEventsForASignOfLife(String type) {
        RawHttp.Answer answer = RawHttp.ask(server.port(), "POST /api/agents/run/a/events", type, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("-1\",\"state\":\"running\",\"cancelRequested\":false");
        complete();
        assertProblem(RawHttp.ask(server.port(), "POST /api/agents/run/a/events", type, ""), 409, "run-ended");
    }

    @Test
    void takesACallWithoutEvenALengthForASignOfLife() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("POST /api/agents/run/a/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(http.answer(false).status()).isEqualTo(200);
        }
    }

    @Test
    void takesBlankLinesForSignsOfLife() {
        assertThat(server.publishLines("a", "", "\n\n\r\n").status()).isEqualTo(200);
        assertThat(server.publish("a", " \n ").status()).isEqualTo(200);
        assertThat(lastSeq()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "{\"type\":\"delta\",\"data\":01}",
                "{\"type\":\"delta\",\"data\":'a'}",
                "{\"type\":\"delta\",\"data\":\"\u0001\"}",
                "{\"type\":\"delta\",\"data\":1}{\"type\":\"delta\",\"data\":1}",
                "{\"type\":\"delta\",\"data\":NaN}",
                "\ufeff{\"type\":\"delta\",\"data\":1}",
                "[]",
                "1",
                "{\"type\":\"delta\"}",
                "{\"data\":1}",
                "{\"type\":\"delta\",\"data\":1,\"data\":2}",
                "{\"type\":\"delta\",\"data\":1,\"id\":\"1-1\"}",
                "{\"type\":1,\"data\":1}",
                "{\"type\":\"Delta\",\"data\":1}",
                "{\"type\":\"message\",\"data\":1}",
                "{\"type\":\"\",\"data\":1}",
                "{\"type\":\"status\",\"data\":1}",
                "{\"type\":\"status\",\"data\":[]}",
                "{\"type\":\"status\",\"data\":{\"state\":\"completed\"}}",
                "{\"type\":\"status\",\"data\":{\"st\\u0061te\":null}}",
                "{\"type\":\"status\",\"data\":{\"a\":1,\"attempt\":2}}",
                "{\"type\":\"status\",\"data\":{\"\\u0061ttempt\":2}}",
                "{\"type\":\"error\",\"data\":\"no\"}",
                "{\"type\":\"error\",\"data\":null}",
                "{\"type\":\"error\",\"data\":{\"code\":\"worker-lost\"}}",
                "{\"type\":\"error\",\"data\":{\"c\\u006fde\":\"worker\\u002dlost\"}}",
                "{\"type\":\"error\",\"data\":{\"code\":\"other\",\"code\":\"worker-lost\"}}",
                "{\"type\":\"error\",\"data\":{\"code\":\"cancelled\"}}",
                "{\"type\":\"error\",\"data\":{\"code\":\"c\\u0061ncelled\"}}"
            })
    void refusesWhatIsNoEvent(String event) {
        JsonNode problem = assertProblem(server.publish("a", event), 422, "invalid-event");
        assertThat(problem.has("line")).isFalse();

        JsonNode inLines = assertProblem(
                server.publishLines("a", "", delta(1) + "\n\n" + event + "\n" + delta(2) + "\n"), 422, "invalid-event");

        assertThat(inLines.get("line").isInt()).isTrue();
        assertThat(inLines.get("line").asInt()).isEqualTo(3);
        assertThat(lastSeq()).isEqualTo(2);
    }

    @Test
    void refusesWhatIsNotUtf8() {
        for (String bytes :
                List.of("\u00c0\u0080", "\u00ff", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00c3")) {
            try (RawHttp http = new RawHttp(server.port())) {
                byte[] body = delta("\"" + bytes + "\"").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
                http.send("POST /api/agents/run/a/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n");
                http.send(body);
                assertProblem(http.answer(false), 422, "invalid-event");
            }
        }
        assertThat(lastSeq()).isEqualTo(1);
    }

    @Test
    void takesADepthOf512AndRefusesOneMore() {
        // The envelope itself is one deep.
        assertThat(server.publish("a", delta("[".repeat(512) + "]".repeat(512))).status())
                .isEqualTo(200);
        assertProblem(server.publish("a", delta("[".repeat(513) + "]".repeat(513))), 422, "invalid-event");
    }

    @Test
    void takesWhatIsOnlyForbiddenElsewhere() {
        assertThat(server.publishLines("a", "", """
                                {"type":"delta","data":{"state":1,"attempt":1,"code":"worker-lost"}}
                                {"type":"status","data":{"message":"m","a":{"state":1}}}
                                {"type":"status","data":{}}
                                {"type":"error","data":{"code":["worker-lost"]}}
                                """).status()).isEqualTo(200);
        assertThat(log())
                .contains("data: {\"message\":\"m\",\"a\":{\"state\":1},\"state\":\"running\"}\n")
                .contains("data: {\"state\":\"running\"}\n")
                .contains("data: {\"code\":[\"worker-lost\"],\"retriable\":false}\n");
    }

    @Test
    void takesTheCodeCancelledAfterACancel() {
        server.cancel("a");
        assertThat(server.publish("a", "{\"type\":\"error\",\"data\":{\"code\":\"cancelled\",\"message\":\"m\"}}")
                        .text())
                .contains("\"state\":\"cancelled\"");
    }

    @Test
    void measuresAnEventToTheByteAndWithoutWhitespace() {
        String largest = "\"" + "x".repeat(MAX_EVENT - 2) + "\"";
        assertThat(server.publish("a", "{\"type\":\"delta\"," + " ".repeat(100_000) + "\"data\":" + largest + "}")
                        .status())
                .isEqualTo(200);
        String escaped = "{\"\\u0074\\u0079\\u0070\\u0065\":\"\\u0070\\u0061\\u0072\\u0074\\u0069\\u0061\\u006c\","
                + "\"\\u0064\\u0061\\u0074\\u0061\":" + largest + "}";
        assertThat(server.publish("a", escaped).status()).isEqualTo(200);

        String tooLarge = "\"x" + largest.substring(1);
        assertProblem(server.publish("a", delta(tooLarge)), 413, "event-too-large");
        JsonNode problem = assertProblem(
                server.publishLines("a", "", delta(1) + "\n" + delta(tooLarge) + "\n" + delta(2) + "\n"),
                413,
                "event-too-large");

        assertThat(problem.get("line").asInt()).isEqualTo(2);
        assertThat(lastSeq()).isEqualTo(4);
    }

    @Test
    void answersThatAnEventIsTooLargeThoughTheWorkerIsStillSending() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(linesFor("a") + "1e\r\n{\"type\":\"delta\",\"data\":\"xxxxxx\r\n");
            byte[] piece =
                    ("100000\r\n" + "x".repeat(0x100000) + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int i = 0; i < 50; i++) {
                http.send(piece);
            }
            assertProblem(http.answer(false), 413, "event-too-large");
        }
        assertThat(lastSeq()).isEqualTo(1);
    }

    @Test
    void refusesEventsForARunOfAnAgentOfItsOwn() {
        server.start("{\"agent\":\"easy\",\"runId\":\"own\"}");

        JsonNode problem = assertProblem(server.publish("own", delta(1)), 400, "invalid-request");
        assertProblem(server.publishLines("own", "", delta(1) + "\n"), 400, "invalid-request");
        assertProblem(server.publish("own", ""), 400, "invalid-request");

        assertThat(problem.get("detail").asText()).contains("easy", "external");
        assertThat(json(server.get("/api/agents/run/own")).get("lastEventId").asText())
                .endsWith("-1");
    }

    @Test
    void saysAtOnceThatALongBodyIsForNoRun() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(linesFor("nobody"));
            assertProblem(http.answer(false), 404, "run-not-found");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type: application/ndjson\r\n",
                "Content-Type: application/json; charset=utf-16\r\n"
            })
    void wantsJsonOrLines(String type) {
        assertProblem(
                RawHttp.ask(server.port(), "POST /api/agents/run/a/events", type, delta(1)),
                415,
                "unsupported-media-type");
    }

    @Test
    void refusesEventsAfterTheEnd() {
        complete();
        JsonNode problem = assertProblem(server.publish("a", delta(1)), 409, "run-ended");
        assertThat(problem.get("state").asText()).isEqualTo("completed");
        assertThat(problem.get("lastEventId").asText()).endsWith("-2");
        JsonNode again = assertProblem(server.publish("a", "{\"type\":\"complete\",\"data\":0}"), 409, "run-ended");
        assertThat(again).isEqualTo(problem);
    }

    @Test
    void refusesTheLinesBehindTheEnd() {
        JsonNode problem = assertProblem(
                server.publishLines("a", "", delta(1) + "\n{\"type\":\"complete\",\"data\":2}\n" + delta(3) + "\n"),
                409,
                "run-ended");
        assertThat(problem.get("line").asInt()).isEqualTo(3);
        assertThat(problem.get("state").asText()).isEqualTo("completed");
        assertThat(problem.get("lastEventId").asText()).endsWith("-3");
    }

    @Test
    void countsWhatTheServerAddsToAnEvent() {
        int most = 256 * 1024;
        String status = "{\"message\":\"" + "x".repeat(most - 14) + "\"}";
        assertThat(status).hasSize(most);
        JsonNode refused = assertProblem(
                server.publish("a", "{\"type\":\"status\",\"data\":" + status + "}"), 413, "event-too-large");
        assertThat(refused.get("detail").asText()).contains(Integer.toString(most));
        assertProblem(server.publish("a", "{\"type\":\"error\",\"data\":" + status + "}"), 413, "event-too-large");
        assertThat(server.get("/api/agents/run/a").text()).contains("\"state\":\"running\"");
    }

    @Test
    void storesTheLinesBeforeTheOneThatThereIsNoMemoryFor() {
        try (ApiServer small = new ApiServer.Setup().bodyBytes(100_000).start()) {
            small.startExternal("a");
            String large = "{\"type\":\"delta\",\"data\":\"" + "x".repeat(200_000) + "\"}";
            RawHttp.Answer answer = small.publishLines("a", "", delta(1) + "\n" + delta(2) + "\n" + large + "\n");
            JsonNode problem = assertProblem(answer, 503, "overloaded");
            assertThat(problem.get("line").asInt()).isEqualTo(3);
            assertThat(small.get("/api/agents/run/a").text()).contains("-3\",\"bufferedBytes\"");
            assertThat(small.publish("a", delta(3)).status()).isEqualTo(200);
        }
    }

    @Test
    void answersALongBodyWithWhatIsStoredWhenTheServerStops() {
        try (RawHttp worker = beginLines()) {
            server.server().drain(Duration.ofSeconds(5));
            RawHttp.Answer answer = worker.answer(false);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).contains("-2\",\"state\":\"running\",\"cancelRequested\":false");
        }
    }

    /** Begins a body of lines, and returns when its first line has arrived. */
    private RawHttp beginLines() {
        RawHttp worker = new RawHttp(server.port());
        String line = delta("\"first\"") + "\n";
        worker.send(linesFor("a") + Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
        try (RawHttp reader = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            reader.head();
            while (!reader.chunkText().contains("data: \"first\"\n")) {
                assertThat(worker.socket().isClosed()).isFalse();
            }
        }
        return worker;
    }

    @Test
    void answersALongBodyAtOnceWhenACancelComes() {
        try (RawHttp worker = beginLines()) {
            long asked = System.nanoTime();
            server.cancel("a");
            RawHttp.Answer answer = worker.answer(false);

            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).contains("-3\",\"state\":\"cancelling\",\"cancelRequested\":true");
            assertThat(worker.read()).isEqualTo(-1);
        }
        assertThat(server.publishLines("a", "", delta("\"last words\"") + "\n").status())
                .isEqualTo(200);
    }

    @Test
    void answersALongBodyAtOnceWhenTheRunEnds() {
        try (RawHttp worker = beginLines()) {
            complete();
            assertThat(worker.answer(false).text()).contains("-3\",\"state\":\"completed\",\"cancelRequested\":false");
        }
    }

    @Test
    void saysAtOnceThatALongBodyIsForARunThatHasEnded() {
        complete();
        try (RawHttp worker = new RawHttp(server.port())) {
            worker.send(linesFor("a"));
            assertProblem(worker.answer(false), 409, "run-ended");
        }
    }

    /** Returns when so much time has passed by the server's clock, as the lease of another run tells. */
    private void passTime(String leaseSeconds) {
        String clock = "clock-" + leaseSeconds + System.nanoTime();
        server.start("{\"agent\":\"external\",\"runId\":\"" + clock + "\",\"leaseSeconds\":" + leaseSeconds + "}");
        assertThat(server.get("/api/agents/stream/" + clock).text()).contains("worker-lost");
    }

    @Test
    void renewsTheLeaseWithEveryCallAndEveryLine() {
        for (String runId : List.of("silent", "call", "blank", "open")) {
            server.start("{\"agent\":\"external\",\"runId\":\"" + runId + "\",\"leaseSeconds\":2}");
        }
        try (RawHttp lines = new RawHttp(server.port());
                RawHttp open = new RawHttp(server.port())) {
            lines.send(linesFor("blank"));
            passTime("1.2");
            assertThat(server.publish("call", "").status()).isEqualTo(200);
            lines.send("1\r\n\n\r\n");
            open.send(linesFor("open"));
            passTime("1.2");

            assertThat(json(server.get("/api/agents/run/silent")).get("state").asText())
                    .isEqualTo("failed");
            for (String runId : List.of("call", "blank", "open")) {
                assertThat(json(server.get("/api/agents/run/" + runId))
                                .get("state")
                                .asText())
                        .as(runId)
                        .isEqualTo("running");
            }
        }
    }

    @Test
    void takesTheLastLinesOfACancelledWorker() {
        server.cancel("a");
        RawHttp.Answer answer = server.publishLines(
                "a",
                "",
                "{\"type\":\"partial\",\"data\":1}\n{\"type\":\"error\",\"data\":{\"message\":\"stopped\"}}\n");
        assertThat(answer.text()).contains("-4\",\"state\":\"cancelled\",\"cancelRequested\":true");
    }

    @Test
    void keepsTheLinesThatArrivedOfABodyThatBreaksOff() {
        try (RawHttp reader = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            reader.head();
            reader.chunk();
            reader.chunk();
            CompletableFuture<Boolean> gate = server.store().holdAppends();
            try (RawHttp worker = new RawHttp(server.port())) {
                String lines = delta(1) + "\n" + delta(2) + "\n{\"type\":\"del";
                worker.send("POST /api/agents/run/a/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n" + lines);
                worker.socket().shutdownOutput();
                assertProblem(worker.answer(false), 400, "invalid-request");
            } catch (java.io.IOException fault) {
                throw new java.io.UncheckedIOException(fault);
            }
            gate.complete(true);
            String arrived = reader.chunkText();
            while (!arrived.contains("data: 2\n")) {
                arrived += reader.chunkText();
            }
            assertThat(arrived).contains("event: delta\ndata: 1\n");
        }
        assertThat(lastSeq()).isEqualTo(3);
    }

    @Test
    void saysThatTheStoreIsAwayAndTakesTheSameAgainLater() {
        String producer = "Producer-Id: p\r\nProducer-Epoch: 1\r\nProducer-Seq: 0\r\n";
        server.store().away(true);
        assertProblem(server.publish("a", producer, delta(1)), 503, "store-unavailable");
        assertProblem(server.publishLines("a", producer, delta(1) + "\n"), 503, "store-unavailable");

        server.store().away(false);

        assertThat(server.publish("a", producer, delta(1)).status()).isEqualTo(200);
        assertThat(lastSeq()).isEqualTo(2);
    }
}
