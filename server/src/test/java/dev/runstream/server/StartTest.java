package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.runstream.core.agent.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/agents/run}, and the run as it is told of. */
class StartTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MAX_INPUT = 1024 * 1024;

    private final ApiServer server = new ApiServer.Setup()
            .agent("picky", input -> {
                throw new InvalidInputException(List.of(
                        new InvalidInputException.FieldFault("stages.2.graduation", "has to be at most 1"),
                        new InvalidInputException.FieldFault("size", "is missing")));
            })
            .agent("broken", input -> {
                throw new NoClassDefFoundError("com/example/Missing");
            })
            .agent("easy", ApiServer.InputCheck.NONE)
            .start();

    @AfterEach
    void stop() {
        server.close();
    }

    static JsonNode json(RawHttp.Answer answer) {
        try {
            return MAPPER.readTree(answer.body());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static void assertProblem(RawHttp.Answer answer, int status, String code) {
        Problems.assertProblem(answer, status, code);
    }

    private static Set<String> fields(RawHttp.Answer answer) {
        Set<String> fields = new TreeSet<>();
        json(answer)
                .get("errors")
                .forEach(error -> fields.add(error.get("field").asText()));
        return fields;
    }

    @Test
    void tellsOfARunInTheFormOfTheContract() throws IOException {
        Instant before = Instant.now().minusMillis(1);
        RawHttp.Answer answer = server.startExternal("the-run");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Content-Type")).contains("application/json");
        assertThat(answer.header("Location")).contains("/api/agents/run/the-run");
        Map<String, Object> run = MAPPER.readValue(answer.body(), new TypeReference<>() {});
        assertThat(run.keySet())
                .containsExactly(
                        "runId",
                        "agent",
                        "state",
                        "attempt",
                        "createdAt",
                        "startedAt",
                        "endedAt",
                        "cancelRequestedAt",
                        "firstEventId",
                        "lastEventId",
                        "bufferedBytes",
                        "bytes",
                        "readers",
                        "links");
        Instant created = Instant.parse(String.valueOf(run.get("createdAt")));
        assertThat(created).isBetween(before, Instant.now());
        String first = created.toEpochMilli() + "-1";
        assertThat(run)
                .containsEntry("runId", "the-run")
                .containsEntry("agent", "external")
                .containsEntry("state", "running")
                .containsEntry("attempt", 1)
                .containsEntry("startedAt", run.get("createdAt"))
                .containsEntry("endedAt", null)
                .containsEntry("cancelRequestedAt", null)
                .containsEntry("firstEventId", first)
                .containsEntry("lastEventId", first)
                .containsEntry("bytes", run.get("bufferedBytes"))
                .containsEntry("readers", 0)
                .containsEntry(
                        "links", Map.of("self", "/api/agents/run/the-run", "stream", "/api/agents/stream/the-run"));
        assertThat(json(server.get("/api/agents/run/the-run"))).isEqualTo(json(answer));
    }

    @Test
    void tellsOfARunThatItsReadersCancelByLeaving() {
        server.start("{\"agent\":\"external\",\"runId\":\"left\",\"onDisconnect\":\"cancel\"}");
        assertThat(json(server.get("/api/agents/run/left")).get("onDisconnect").asText())
                .isEqualTo("cancel");
        server.start("{\"agent\":\"external\",\"runId\":\"kept\",\"onDisconnect\":\"continue\"}");
        assertThat(json(server.get("/api/agents/run/kept")).has("onDisconnect")).isFalse();
    }

    @Test
    void countsEventsByTheirCompactData() {
        JsonNode before = json(server.startExternal("a"));
        server.publish("a", "{\"type\":\"delta\", \"data\" : [ 1 , 2 ] }");

        JsonNode after = json(server.get("/api/agents/run/a"));

        assertThat(after.get("bytes").asLong() - before.get("bytes").asLong()).isEqualTo(5);
        assertThat(after.get("bufferedBytes")).isEqualTo(after.get("bytes"));
        assertThat(after.get("lastEventId").asText()).endsWith("-2");
    }

    @Test
    void countsOpenStreamsAsReaders() {
        server.startExternal("a");
        try (RawHttp reader = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            reader.head();
            reader.chunk();
            assertThat(json(server.get("/api/agents/run/a")).get("readers").asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void queuesARunOfAnAgentAndTellsIt() {
        RawHttp.Answer answer = server.start("{\"agent\":\"easy\"}");

        assertThat(answer.status()).isEqualTo(201);
        JsonNode run = json(answer);
        assertThat(run.get("state").asText()).isEqualTo("queued");
        assertThat(run.get("startedAt").isNull()).isTrue();
        assertThat(run.get("runId").asText()).matches("[A-Za-z0-9]{22}");
        assertThat(server.created()).containsExactly(run.get("runId").asText());
    }

    @Test
    void takesEveryMember() {
        RawHttp.Answer answer = server.start("{\"agent\":\"external\",\"input\":{\"a\":[1, 2.50]},\"runId\":\"all\","
                + "\"onDisconnect\":\"cancel\",\"attempts\":3,\"timeoutSeconds\":1.5e1,\"leaseSeconds\":0.5}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(server.get("/api/agents/run/all?include=input").text()).contains("\"input\":{\"a\":[1,2.50]}");
    }

    @Test
    void takesNoInputForAnEmptyObject() {
        server.startExternal("a");

        assertThat(server.get("/api/agents/run/a?include=input").text()).contains("\"input\":{}");
        assertThat(server.get("/api/agents/run/a").text()).doesNotContain("\"input\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "0", "\"text\"", "[]", "{\"a\":1,\"a\":2}"})
    void takesAnyJsonAsInput(String input) {
        assertThat(server.start("{\"agent\":\"external\",\"runId\":\"a\",\"input\":" + input + "}")
                        .status())
                .isEqualTo(201);
        assertThat(server.get("/api/agents/run/a?include=input").text()).contains("\"input\":" + input + "}");
    }

    @Test
    void namesEveryFaultAtOnce() {
        RawHttp.Answer answer = server.start("{\"runId\":\"a/b\",\"onDisconnect\":\"stop\",\"attempts\":0,"
                + "\"timeoutSeconds\":-1,\"leaseSeconds\":\"60\",\"colour\":1,\"runId\":\"c\"}");

        assertProblem(answer, 400, "invalid-request");
        assertThat(fields(answer))
                .containsExactlyInAnyOrder(
                        "agent", "runId", "onDisconnect", "attempts", "timeoutSeconds", "leaseSeconds", "colour");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"agent\":1}",
                "{\"agent\":\"external\",\"runId\":null}",
                "{\"agent\":\"external\",\"runId\":\"\"}",
                "{\"agent\":\"external\",\"attempts\":1.5}",
                "{\"agent\":\"external\",\"attempts\":101}",
                "{\"agent\":\"external\",\"attempts\":\"1\"}",
                "{\"agent\":\"external\",\"attempts\":1e99999999999}",
                "{\"agent\":\"external\",\"attempts\":100E2147483647}",
                "{\"agent\":\"external\",\"timeoutSeconds\":0}",
                "{\"agent\":\"external\",\"timeoutSeconds\":1e99999999999}",
                "{\"agent\":\"external\",\"timeoutSeconds\":1e-2147483647}",
                "{\"agent\":\"external\",\"timeoutSeconds\":null}",
                "{\"agent\":\"external\",\"leaseSeconds\":true}",
                "{\"agent\":\"easy\",\"leaseSeconds\":60}",
                "{\"agent\":\"external\",\"onDisconnect\":1}",
                "{\"agent\":\"external\",\"\\ud800\":1}",
                "{\"agent\":\"external\",\"agent\":\"external\"}"
            })
    void refusesAMemberThatMakesNoSense(String body) {
        RawHttp.Answer answer = server.start(body);

        assertProblem(answer, 400, "invalid-request");
        assertThat(fields(answer)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "\"external\"", "{} {}", "nul", "{\"agent\":\"external\",}", "\u00ff"})
    void refusesWhatIsNoObject(String body) {
        assertProblem(server.start(body), 400, "invalid-request");
    }

    @Test
    void shortensAnEndlessListOfFaults() {
        StringBuilder body = new StringBuilder("{\"agent\":\"external\"");
        for (int i = 0; i < 1_000; i++) {
            body.append(",\"x").append(i).append("\":1");
        }
        RawHttp.Answer answer = server.start(body + "}");

        assertProblem(answer, 400, "invalid-request");
        assertThat(answer.body().length).isLessThan(16 * 1024);
    }

    @Test
    void takesEveryAllowedCharacterInARunId() {
        String every = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-";
        for (int i = 0; i < every.length(); i++) {
            String runId = every.charAt(i) == '.' ? "a." : every.substring(i, i + 1);
            assertThat(server.startExternal(runId).status())
                    .as("run id %s", runId)
                    .isEqualTo(201);
            assertThat(json(server.get("/api/agents/run/" + runId)).get("runId").asText())
                    .isEqualTo(runId);
        }
        assertThat(server.startExternal("...").status()).isEqualTo(201);
        assertThat(server.startExternal("x".repeat(128)).status()).isEqualTo(201);
    }

    @Test
    void refusesEveryOtherCharacterInARunId() {
        List<String> refused =
                new ArrayList<>(List.of(".", "..", "x".repeat(129), "a\\u0000", "\\u00e9", "\\ud83d\\ude00"));
        for (char c = ' '; c < 127; c++) {
            if (!Character.isLetterOrDigit(c) && "._~:-".indexOf(c) < 0) {
                refused.add(c == '"' || c == '\\' ? "\\" + c : String.valueOf(c));
            }
        }
        for (String runId : refused) {
            RawHttp.Answer answer = server.startExternal(runId);
            assertProblem(answer, 400, "invalid-request");
            assertThat(fields(answer)).containsExactly("runId");
        }
    }

    @Test
    void namesTheKnownAgentsToWhoeverAsksForAnother() {
        RawHttp.Answer answer = server.start("{\"agent\":\"nobody\"}");

        assertProblem(answer, 400, "unknown-agent");
        assertThat(json(answer).get("detail").asText()).contains("external", "picky", "easy");
    }

    @Test
    void listsTheAgents() {
        JsonNode agents = json(server.get("/api/agents")).get("agents");

        assertThat(agents).hasSize(4);
        assertThat(agents.get(0).get("name").asText()).isEqualTo("external");
        assertThat(agents.get(1).get("description").asText()).isEqualTo("the test's own picky");
    }

    @Test
    void passesOnWhatAnAgentSaysOfItsInputAndMakesNoRun() {
        RawHttp.Answer answer = server.start("{\"agent\":\"picky\",\"runId\":\"never\"}");

        assertProblem(answer, 400, "invalid-input");
        assertThat(fields(answer)).containsExactly("size", "stages.2.graduation");
        assertThat(server.get("/api/agents/run/never").status()).isEqualTo(404);
    }

    @Test
    void answersAlsoWhenAnAgentIsBroken() {
        RawHttp.Answer answer = server.start("{\"agent\":\"broken\"}");

        assertProblem(answer, 500, "agent-failed");
        assertThat(answer.text()).doesNotContain("NoClassDefFoundError").doesNotContain("Missing");
    }

    @Test
    void refusesWhatThereIsNoMemoryForAndTakesNoneForWhatIsDone() {
        try (ApiServer small = new ApiServer.Setup().bodyBytes(1_500_000).start()) {
            RawHttp.Answer refused = small.start(withInput(900_000));
            assertProblem(refused, 503, "overloaded");
            assertThat(refused.header("Retry-After")).isPresent();
            for (int i = 0; i < 20; i++) {
                assertThat(small.start(withInput(400_000)).status()).isEqualTo(201);
            }
        }
    }

    private static String withInput(int length) {
        return "{\"agent\":\"external\",\"input\":\"" + "x".repeat(length) + "\"}";
    }

    @Test
    void findsTheSameRunUnderTheSameKeyAndBody() {
        String body = "{\"agent\":\"external\",\"input\":{\"a\":1}}";
        RawHttp.Answer first = keyed("k", body);
        RawHttp.Answer second = keyed("k", "{ \"agent\" : \"external\", \"input\" : { \"a\" : 1 } }");
        RawHttp.Answer other = keyed("k2", body);

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(json(second)).isEqualTo(json(first));
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(other.status()).isEqualTo(201);
    }

    private RawHttp.Answer keyed(String key, String body) {
        return RawHttp.ask(
                server.port(),
                "POST /api/agents/run",
                "Content-Type: application/json\r\nIdempotency-Key: " + key + "\r\n",
                body);
    }

    @Test
    void refusesAnotherBodyUnderTheSameKey() {
        keyed("k", "{\"agent\":\"external\",\"input\":1}");

        assertProblem(keyed("k", "{\"agent\":\"external\",\"input\":2}"), 409, "idempotency-conflict");
    }

    @Test
    void findsTheSameRunUnderTheSameRunIdAndBodyAndRefusesAnother() {
        RawHttp.Answer first = server.start("{\"agent\":\"external\",\"runId\":\"a\",\"attempts\":2}");

        assertThat(server.start("{\"runId\":\"a\",\"attempts\":2,\"agent\":\"external\"}")
                        .status())
                .isEqualTo(200);
        for (String other :
                List.of("\"attempts\":3", "\"attempts\":2,\"input\":1", "\"attempts\":2,\"timeoutSeconds\":9")) {
            assertProblem(server.start("{\"agent\":\"external\",\"runId\":\"a\"," + other + "}"), 409, "run-exists");
        }
        assertThat(json(server.get("/api/agents/run/a"))).isEqualTo(json(first));
    }

    @Test
    void makesOneRunOfManyEqualStartsAtOnce() {
        List<CompletableFuture<RawHttp.Answer>> starts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            starts.add(CompletableFuture.supplyAsync(() -> keyed("same", "{\"agent\":\"easy\",\"input\":7}")));
        }
        Set<String> runIds = new TreeSet<>();
        int created = 0;
        for (CompletableFuture<RawHttp.Answer> start : starts) {
            RawHttp.Answer answer = start.join();
            runIds.add(json(answer).get("runId").asText());
            created += answer.status() == 201 ? 1 : 0;
        }
        assertThat(runIds).hasSize(1);
        assertThat(created).isEqualTo(1);
        assertThat(server.created()).hasSize(1);
    }

    @Test
    void refusesAKeyThatIsTooLong() {
        assertThat(keyed("k".repeat(255), "{\"agent\":\"external\"}").status()).isEqualTo(201);
        assertProblem(keyed("k".repeat(256), "{\"agent\":\"external\"}"), 400, "invalid-request");
    }

    @Test
    void measuresAnInputToTheByteAndWithoutWhitespace() {
        String largest = "\"" + "x".repeat(MAX_INPUT - 2) + "\"";
        assertThat(server.start("{\"agent\":\"external\"," + " ".repeat(100_000) + "\"input\":" + largest + "}")
                        .status())
                .isEqualTo(201);

        RawHttp.Answer refused = server.start("{\"agent\":\"external\",\"input\":\"x" + largest.substring(1) + "}");

        assertProblem(refused, 413, "input-too-large");
    }

    @Test
    void answersThatAnInputIsTooLargeThoughTheClientIsStillSending() {
        int length = 50 * 1024 * 1024;
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("POST /api/agents/run HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + length + "\r\n\r\n{\"agent\":\"external\",\"input\":\"");
            byte[] piece = "x".repeat(1024 * 1024).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int sent = 0; sent + piece.length < length; sent += piece.length) {
                http.send(piece);
            }
            RawHttp.Answer answer = http.answer(false);
            assertProblem(answer, 413, "input-too-large");
            assertThat(answer.header("Connection")).contains("close");
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type: application/x-ndjson\r\n",
                "Content-Type: application/json; charset=latin1\r\n"
            })
    void wantsJson(String header) {
        assertProblem(
                RawHttp.ask(server.port(), "POST /api/agents/run", header, "{\"agent\":\"external\"}"),
                415,
                "unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json;charset=UTF-8", "APPLICATION/JSON", "application/json; charset=\"utf-8\""})
    void takesJsonByEveryNameOfIt(String type) {
        assertThat(RawHttp.ask(
                                server.port(),
                                "POST /api/agents/run",
                                "Content-Type: " + type + "\r\n",
                                "{\"agent\":\"external\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void saysWhenTheStoreIsAwayAndWorksWhenItIsBack() {
        server.store().away(true);
        RawHttp.Answer refused = server.startExternal("a");
        assertProblem(refused, 503, "store-unavailable");
        assertThat(refused.header("Retry-After")).isPresent();

        server.store().away(false);

        assertThat(server.startExternal("a").status()).isEqualTo(201);
    }
}
