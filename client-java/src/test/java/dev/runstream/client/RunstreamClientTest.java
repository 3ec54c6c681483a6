package dev.runstream.client;

import static dev.runstream.client.ScriptedServer.answer;
import static dev.runstream.client.ScriptedServer.cutInItsHead;
import static dev.runstream.client.ScriptedServer.json;
import static dev.runstream.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runstream.client.ScriptedServer.Request;
import dev.runstream.client.ScriptedServer.Script;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class RunstreamClientTest {
    private static final String RUN = """
            {"runId":"r1","agent":"fund-scenario","state":"failed","attempt":2,
             "createdAt":"2026-01-02T03:04:05Z","startedAt":"2026-01-02T03:04:06.5Z","endedAt":null,
             "cancelRequestedAt":null,"firstEventId":"5-1","lastEventId":"5-42","bufferedBytes":5120,"bytes":6000,
             "readers":2,"error":{"message":"m","code":"c","retriable":false},"input":{"n":1.0},
             "links":{"self":"/api/agents/run/r1","stream":"/api/agents/stream/r1"}}
            """;

    private static RunstreamClient client(ScriptedServer server) {
        return RunstreamClient.builder(server.base())
                .backoff(new Backoff(Duration.ZERO, Duration.ZERO))
                .callAttempts(3)
                .build();
    }

    @Test
    void startsARunWithEverythingAsked() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(json(201, RUN));
                RunstreamClient client = client(server)) {
            Run run = client.startRun(StartRun.of("fund-scenario")
                    .input(JsonData.of("{\"size\": 1.50}"))
                    .runId("r1")
                    .onDisconnect(StartRun.OnDisconnect.CANCEL)
                    .attempts(3)
                    .timeout(Duration.ofMinutes(10))
                    .lease(Duration.ofMillis(1500)));
            Request request = server.nextRequest();
            assertThat(request.method() + " " + request.path()).isEqualTo("POST /api/agents/run");
            assertThat(request.header("Content-Type")).isEqualTo("application/json");
            assertThat(request.body())
                    .isEqualTo(
                            "{\"agent\":\"fund-scenario\",\"input\":{\"size\": 1.50},\"runId\":\"r1\","
                                    + "\"onDisconnect\":\"cancel\",\"attempts\":3,\"timeoutSeconds\":600,\"leaseSeconds\":1.5}");
            assertThat(run.runId()).isEqualTo("r1");
            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.createdAt()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
            assertThat(run.startedAt()).contains(Instant.parse("2026-01-02T03:04:06.500Z"));
            assertThat(run.endedAt()).isEmpty();
            assertThat(run.lastEventId()).contains(EventId.parse("5-42"));
            assertThat(List.of(run.attempt(), run.bufferedBytes(), run.bytes(), run.readers()))
                    .isEqualTo(List.of(2, 5120L, 6000L, 2));
            assertThat(run.error().orElseThrow().path("code").asText()).isEqualTo("c");
        }
    }

    @Test
    void repeatsAStartUnderTheSameKeyUntilItIsAnswered() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        cutInItsHead(),
                        problem(503, "Retry-After: 0\r\n", "{\"code\":\"overloaded\"}"),
                        json(200, RUN));
                RunstreamClient client = client(server)) {
            client.startRun(StartRun.of("a").input(Map.of("b", 1)));
            Request first = server.nextRequest();
            assertThat(first.header("Idempotency-Key")).isNotEmpty();
            for (int repeat = 0; repeat < 2; repeat++) {
                Request next = server.nextRequest();
                assertThat(next.header("Idempotency-Key")).isEqualTo(first.header("Idempotency-Key"));
                assertThat(next.body()).isEqualTo(first.body()).isEqualTo("{\"agent\":\"a\",\"input\":{\"b\":1}}");
            }
        }
    }

    @Test
    void everyStartHasAKeyOfItsOwnUnlessOneIsGiven() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(json(201, RUN), json(201, RUN), json(201, RUN));
                RunstreamClient client = client(server)) {
            client.startRun(StartRun.of("a"));
            client.startRun(StartRun.of("a"));
            client.startRun(StartRun.of("a").idempotencyKey("mine"));
            String first = server.nextRequest().header("Idempotency-Key");
            assertThat(server.nextRequest().header("Idempotency-Key")).isNotEqualTo(first);
            assertThat(server.nextRequest().header("Idempotency-Key")).isEqualTo("mine");
        }
    }

    @Test
    void waitsAsLongAsRetryAfterSaysButNotForEver() throws Exception {
        SteppedTime time = new SteppedTime();
        try (ScriptedServer server = ScriptedServer.serving(
                        problem(503, "Retry-After: 7\r\n", "{}"),
                        json(200, RUN),
                        problem(503, "Retry-After: 4000\r\n", "{\"code\":\"overloaded\"}"));
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .random(() -> 0L)
                        .waits(time)
                        .build()) {
            CountDownLatch answered = new CountDownLatch(1);
            Thread.startVirtualThread(() -> {
                client.getRun("r1");
                answered.countDown();
            });
            time.awaitWait(Duration.ofSeconds(7));
            time.advance(Duration.ofSeconds(7));
            assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
            RunstreamException refusal = refusal(() -> client.getRun("r1"));
            assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(4000));
            assertThat(refusal.code()).isEqualTo("overloaded");
        }
    }

    @Test
    void aCallThatIsNeverAnsweredFailsAsUnreachable() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(cutInItsHead(), cutInItsHead(), cutInItsHead());
                RunstreamClient client = client(server)) {
            RunstreamException failure = refusal(() -> client.getRun("r1"));
            assertThat(failure.code()).isEqualTo("unreachable");
            assertThat(failure.status()).isZero();
            assertThat(server.requests).hasSize(3);
        }
    }

    @Test
    void aCallThatTakesTooLongIsGivenUpAndItsConnectionClosed() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
                    exchange.awaitClosed();
                    released.countDown();
                });
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .callTimeout(Duration.ofMillis(300))
                        .callAttempts(1)
                        .build()) {
            assertThat(refusal(() -> client.getRun("r1"))).hasMessageContaining("within 300 ms");
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void tellsInWordsWhyThereIsNoAnswer() throws Exception {
        ScriptedServer server = ScriptedServer.serving(cutInItsHead());
        try (RunstreamClient client =
                RunstreamClient.builder(server.base()).callAttempts(1).build()) {
            assertThat(refusal(() -> client.getRun("r1")))
                    .hasMessage("no answer from " + server.base() + ": the connection was cut");
            server.close();
            assertThat(refusal(() -> client.getRun("r1")))
                    .hasMessage("no answer from " + server.base() + ": connection refused");
        }
        try (RunstreamClient client = RunstreamClient.builder(URI.create("http://no-such-host.invalid/api/agents"))
                .callAttempts(1)
                .build()) {
            assertThat(refusal(() -> client.getRun("r1"))).hasMessageEndingWith(": the host is not known");
        }
    }

    @Test
    void tellsWhatTheServerRefusedAndDoesNotAskAgain() throws IOException {
        Script refusing = problem(
                400,
                "",
                "{\"title\":\"Bad\",\"detail\":\"two faults\",\"code\":\"invalid-input\",\"errors\":["
                        + "{\"field\":\"stages.2.graduation\",\"message\":\"m1\"},{\"field\":\"size\",\"message\":\"m2\"}]}");
        try (ScriptedServer server = ScriptedServer.serving(refusing, json(200, RUN));
                RunstreamClient client = client(server)) {
            RunstreamException refusal = refusal(() -> client.startRun(StartRun.of("a")));
            assertThat(refusal.code()).isEqualTo("invalid-input");
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal).hasMessage("400 invalid-input: two faults");
            assertThat(refusal.errors())
                    .containsExactly(new FieldError("stages.2.graduation", "m1"), new FieldError("size", "m2"));
            assertThat(refusal.problem().path("title").asText()).isEqualTo("Bad");
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aProxysPageIsARefusalToo() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(answer(404, "Content-Type: text/html\r\n", "<p>"));
                RunstreamClient client = client(server)) {
            assertThat(refusal(() -> client.getRun("r1")).code()).isEqualTo("http-404");
        }
    }

    @Test
    void anAnswerThatNoServerOfOursGivesIsToldApart() throws IOException {
        try (ScriptedServer server =
                        ScriptedServer.serving(json(200, "<p>"), json(200, ""), json(200, "{}"), answer(204, "", ""));
                RunstreamClient client = client(server)) {
            for (int call = 0; call < 3; call++) {
                assertThat(refusal(() -> client.getRun("r1")).code()).isEqualTo("invalid-answer");
            }
            assertThat(refusal(() -> client.cancelRun("r1")).code()).isEqualTo("invalid-answer");
        }
    }

    @Test
    void readsInputAndResult() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        json(200, RUN), json(200, "{\"irr\":0.10}"), problem(409, "", "{\"code\":\"run-not-ended\"}"));
                RunstreamClient client = client(server)) {
            assertThat(client.getRunInput("r1")).isEqualTo(JsonData.of("{\"n\":1.0}"));
            JsonData result = client.getResult("r1");
            assertThat(result.text()).isEqualTo("{\"irr\":0.10}");
            assertThat(result.as(Result.class)).isEqualTo(new Result(0.1));
            assertThat(refusal(() -> client.getResult("r1")).code()).isEqualTo("run-not-ended");
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents/run/r1?include=input");
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents/run/r1/result");
        }
    }

    record Result(double irr) {}

    @Test
    void listsRunsPageByPage() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        json(200, "{\"runs\":[" + RUN + "],\"next\":\"abc\"}"),
                        json(200, "{\"runs\":[],\"next\":null}"));
                RunstreamClient client = client(server)) {
            RunQuery query = RunQuery.ALL.in(RunState.RUNNING).of("a b&c").limit(5);
            RunPage page = client.listRuns(query);
            assertThat(page.runs()).extracting(Run::runId).containsExactly("r1");
            RunPage last = client.listRuns(query.after(page.next().orElseThrow()));
            assertThat(last.next()).isEmpty();
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents/runs?state=running&agent=a+b%26c&limit=5");
            assertThat(server.nextRequest().path()).endsWith("&limit=5&after=abc");
        }
    }

    @Test
    void listsAgents() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        json(200, "{\"agents\":[{\"name\":\"external\",\"description\":\"d\"}]}"));
                RunstreamClient client = client(server)) {
            assertThat(client.agents()).containsExactly(new AgentInfo("external", "d"));
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents");
        }
    }

    @Test
    void cancelsARunAndSaysItsState() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        cutInItsHead(),
                        exchange -> exchange.send("HTTP/1.1 204 No Content\r\nRun-State: cancelling\r\n\r\n"));
                RunstreamClient client = client(server)) {
            assertThat(client.cancelRun("r1")).isEqualTo(RunState.CANCELLING);
            server.nextRequest();
            Request request = server.nextRequest();
            assertThat(request.method() + " " + request.path()).isEqualTo("DELETE /api/agents/run/r1");
        }
    }

    @Test
    void waitsForTheEndOfARunFromWhereItStandsHoweverOftenTheConnectionBreaks() throws Exception {
        String large = "\"" + "x".repeat(2 * 1024 * 1024) + "\"";
        try (ScriptedServer server = ScriptedServer.serving(
                        json(200, RUN.replace("failed", "running")),
                        ScriptedServer.stream(Frame.first("resumed"), Frame.delta("5-43")),
                        cutInItsHead(),
                        ScriptedServer.stream(
                                Frame.first("resumed"),
                                Frame.event("5-44", "partial", large),
                                Frame.event("5-45", "complete", large)),
                        json(200, RUN.replace("failed", "completed")));
                RunstreamClient client = client(server)) {
            assertThat(client.awaitEnd("r1").state()).isEqualTo(RunState.COMPLETED);
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents/run/r1");
            assertThat(server.nextRequest().header("Last-Event-ID")).isEqualTo("5-42");
            assertThat(server.nextRequest().header("Last-Event-ID")).isEqualTo("5-43");
        }
    }

    @Test
    void doesNotWaitForARunThatHasEnded() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(json(200, RUN));
                RunstreamClient client = client(server)) {
            assertThat(client.awaitEnd("r1").state()).isEqualTo(RunState.FAILED);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void anInterruptEndsTheWaitForTheEnd() throws Exception {
        Thread waiting = Thread.currentThread();
        try (ScriptedServer server = ScriptedServer.serving(json(200, RUN.replace("failed", "running")), exchange -> {
                    exchange.send(ScriptedServer.STREAM_HEAD);
                    waiting.interrupt();
                    exchange.awaitClosed();
                });
                RunstreamClient client = client(server)) {
            assertThat(refusal(() -> client.awaitEnd("r1")).code()).isEqualTo("interrupted");
            assertThat(Thread.interrupted()).as("its flag is set again").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "a?b", "ä"})
    void aRunIdThatNoRunCanHaveIsNotSent(String runId) {
        try (RunstreamClient client = RunstreamClient.at("http://127.0.0.1:1/api/agents")) {
            assertThatIllegalArgumentException().isThrownBy(() -> client.getRun(runId));
        }
    }

    @Test
    void takesABasePathWithOrWithoutASlashAndNothingElseBehindIt() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(json(200, RUN));
                RunstreamClient client = RunstreamClient.at(server.base() + "/")) {
            client.getRun("a:b~c");
            assertThat(server.nextRequest().path()).isEqualTo("/api/agents/run/a:b~c");
        }
        for (String bad : List.of("ftp://h/", "h:80", "/api", "http://h/?a", "http://h/#a")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> RunstreamClient.builder(URI.create(bad)));
        }
    }

    @Test
    void callsAndStreamsDoNotNeedTheCommonPool() throws Exception {
        CountDownLatch blocking = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
        CountDownLatch release = new CountDownLatch(1);
        for (int thread = 0; thread < ForkJoinPool.getCommonPoolParallelism(); thread++) {
            ForkJoinPool.commonPool().execute(() -> {
                blocking.countDown();
                ScriptedServer.await(release);
            });
        }
        try (ScriptedServer server = ScriptedServer.serving(
                        json(200, RUN),
                        cutInItsHead(),
                        ScriptedServer.stream(Frame.first("start"), Frame.complete("5-1")));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r1")) {
            assertThat(blocking.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.getRun("r1").runId()).isEqualTo("r1");
            stream.forEach(item -> {});
            assertThat(stream.position()).contains(EventId.parse("5-1"));
        } finally {
            release.countDown();
        }
    }

    @Test
    void rawJsonMustBeOneValue() {
        for (String bad : List.of("", "{", "1 2", "{},\"runId\":\"x\"")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> JsonData.of(bad));
        }
    }

    private static RunstreamException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(RunstreamException.class, call);
    }
}
