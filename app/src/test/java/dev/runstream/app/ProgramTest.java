package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.app.cli.ScriptedServer;
import dev.runstream.app.cli.Signals;
import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.cli.Terminal;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.StoreSettings;
import dev.runstream.app.config.WorkConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class ProgramTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:12Z");
    private static final String RUN = "{\"runId\":\"r1\",\"agent\":\"a\",\"state\":\"%s\",\"attempt\":1,"
            + "\"createdAt\":\"2026-01-31T12:00:00Z\",\"startedAt\":\"2026-01-31T12:00:00Z\",\"endedAt\":null}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeSignals signals = new FakeSignals();
    private boolean outputIsKept;

    @TempDir
    private Path temp;

    @Test
    void writesALineOfJsonForEachEventInAPipe() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.method().equals("POST")) {
                answer.json(201, RUN.formatted("running"));
            } else {
                answer.stream("running");
                answer.event(1, "status", "{\"state\":\"running\"}");
                answer.event(2, "delta", "{\"b\":1.50e0,\"a\":\"\\u0041\",\"b\":2}");
                answer.event(3, "complete", "\"done\"");
            }
        })) {
            int status = execute("run", "a", "--input", "-", "--server", server.url());
            assertThat(out()).isEqualTo("""
                    {"id":"7-1","event":"status","data":{"state":"running"}}
                    {"id":"7-2","event":"delta","data":{"b":1.50e0,"a":"\\u0041","b":2}}
                    {"id":"7-3","event":"complete","data":"done"}
                    """);
            assertThat(err()).isEmpty();
            assertThat(status).isZero();
            assertThat(server.requests().getFirst().body()).isEqualTo("{\"agent\":\"a\",\"input\":{\"paths\":1.50}}");
        }
    }

    @Test
    void takesAnInputThatIsTheJsonItself() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.json(500, "{}"))) {
            execute("run", "a", "--input", "{\"paths\": 1.50}", "--server", server.url());
            execute("run", "a", "--input", " \n [1, {}]", "--server", server.url());
            assertThat(server.requests().stream().map(ScriptedServer.Request::body))
                    .contains("{\"agent\":\"a\",\"input\":{\"paths\":1.50}}", "{\"agent\":\"a\",\"input\":[1,{}]}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"paths\": } | --input as given is not JSON: line 1, column 11: ",
                "{\"name\":\"\uFFFD\"} | --input holds letters that this locale cannot pass on",
            })
    void saysWhatIsWrongWithAnInputThatIsTheJsonItself(String given, String told) {
        assertThat(execute("run", "a", "--input", given)).isEqualTo(2);
        assertThat(err()).contains(told);
    }

    @Test
    void sendsWhatTheFlagsOfARunSay() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.json(500, "{}"))) {
            execute(
                    "run",
                    "a",
                    "--server",
                    server.url() + "/base",
                    "--run-id",
                    "r1",
                    "--timeout",
                    "1500ms",
                    "--attempts",
                    "3",
                    "--on-disconnect",
                    "cancel");
            assertThat(server.requests().getFirst().path()).isEqualTo("/base/run");
            assertThat(server.requests().getFirst().body())
                    .isEqualTo("{\"agent\":\"a\",\"runId\":\"r1\",\"onDisconnect\":\"cancel\",\"attempts\":3,"
                            + "\"timeoutSeconds\":1.5}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "complete | 1 | 0",
                "error | {\"message\":\"it broke\",\"code\":\"agent-failed\",\"retriable\":false} | 1",
                "error | {\"message\":\"stopped\",\"code\":\"cancelled\",\"retriable\":false} | 130",
            })
    void tellsTheEndByItsExitStatus(String event, String data, int expected) throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().startsWith("/api/agents/run")) {
                answer.json(200, RUN.formatted("running"));
            } else {
                answer.stream("running");
                answer.event(1, event, data);
            }
        })) {
            assertThat(execute("run", "a", "--server", server.url())).isEqualTo(expected);
            assertThat(execute("follow", "r1", "--server", server.url())).isEqualTo(expected);
        }
    }

    @Test
    void goesOnWhereAConnectionBroke() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().endsWith("/run/r1")) {
                answer.json(200, RUN.formatted("running"));
            } else if (!request.headers().containsKey("Last-Event-ID")) {
                answer.stream("running");
                answer.event(1, "delta", "1");
            } else {
                answer.stream("running");
                answer.event(2, "complete", "2");
            }
        })) {
            assertThat(execute("follow", "r1", "--server", server.url())).isZero();
            assertThat(out().lines())
                    .containsExactly(
                            "{\"id\":\"7-1\",\"event\":\"delta\",\"data\":1}",
                            "{\"id\":\"7-2\",\"event\":\"complete\",\"data\":2}");
            assertThat(err())
                    .startsWith("runstream: connection lost (the connection ended before the run did), next try");
            assertThat(server.requests().getLast().headers()).containsEntry("Last-Event-ID", "7-1");
        }
    }

    @Test
    void saysThatAPositionIsNoneOfTheLogAndThatALogWasMadeAnew() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().endsWith("/run/r1")) {
                answer.json(200, RUN.formatted("running"));
            } else {
                answer.raw("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                        + "retry: 1\nevent: status\ndata: {\"state\":\"running\",\"resume\":\"reset\"}\n\n");
                boolean isSecond = "7-1".equals(request.headers().get("Last-Event-ID"));
                answer.raw(isSecond ? "id: 8-1\nevent: complete\ndata: 2\n\n" : "id: 7-1\nevent: delta\ndata: 1\n\n");
            }
        })) {
            assertThat(execute("follow", "r1", "--after", "1-1", "--server", server.url()))
                    .isZero();
            assertThat(out().lines())
                    .containsExactly(
                            "{\"id\":\"7-1\",\"event\":\"delta\",\"data\":1}",
                            "{\"id\":\"8-1\",\"event\":\"complete\",\"data\":2}");
            assertThat(err().lines().toList())
                    .hasSize(3)
                    .startsWith("runstream: the position is none of this run's event log, which is shown from its first"
                            + " event")
                    .endsWith("runstream: the server's event log was made anew: what was shown so far is void");
        }
    }

    @Test
    void namesEachWrongFieldOfARefusedInput() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.json(400, """
                {"title":"The input is refused","code":"invalid-input","status":400,"errors":[
                {"field":"stages.2.graduation","message":"must be at most 1"},{"field":"paths","message":"is missing"}]}
                """))) {
            assertThat(execute("run", "a", "--server", server.url())).isEqualTo(1);
            assertThat(err()).isEqualTo("""
                    runstream: The input is refused (invalid-input)
                      stages.2.graduation: must be at most 1
                      paths: is missing
                    """);
            assertThat(out()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run a", "follow r1", "cancel r1", "runs"})
    void tellsWhyTheServerRefuses(String command) throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.json(
                404, "{\"title\":\"Not found\",\"detail\":\"No such thing.\",\"code\":\"run-not-found\"}"))) {
            assertThat(execute((command + " --server " + server.url()).split(" ", -1)))
                    .isEqualTo(1);
            assertThat(err()).isEqualTo("runstream: No such thing. (run-not-found)\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run a", "follow r1", "cancel r1", "runs"})
    void saysThatNoServerAnswers(String command) throws Exception {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "http://127.0.0.1:" + socket.getLocalPort();
        }
        assertThat(execute((command + " --server " + nobody).split(" ", -1))).isEqualTo(1);
        assertThat(err())
                .isEqualTo("runstream: no server answers at " + nobody + "/api/agents: connection refused\n"
                        + "Start one with 'runstream serve', or name another with --server or RUNSTREAM_SERVER.\n");
    }

    @Test
    void saysInWordsThatAConnectionWasCut() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().endsWith("/run/r1")) {
                answer.json(200, RUN.formatted("running"));
            } else if (!request.headers().containsKey("Last-Event-ID")) {
                answer.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "1e\r\nid: 7-1\nevent: delta\ndata: 1\n\n\r\n");
            } else {
                answer.stream("running");
                answer.event(2, "complete", "2");
            }
        })) {
            assertThat(execute("follow", "r1", "--server", server.url())).isZero();
            assertThat(err()).startsWith("runstream: connection lost (the connection was cut), next try in ");
        }
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.raw("HTTP/1.1 200 OK\r\nCon"))) {
            assertThat(execute("cancel", "r1", "--server", server.url())).isEqualTo(1);
            assertThat(err())
                    .contains("runstream: no server answers at " + server.url()
                            + "/api/agents: the connection was cut\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "run | Missing required parameter: 'AGENT'",
                "run a --input none.json | --input is 'none.json', and there is no such file.",
                "run a --timeout 5 | '5' is given; allowed is a duration",
                "run a --attempts 0 | '0' is given; allowed is a whole number from 1",
                "run a --on-disconnect stay | 'stay' is given; allowed is continue or cancel",
                "run a --run-id a/b | a run id is 1 to 128 of",
                "run a --server ftp://x | --server is 'ftp://x'; allowed is an http or https address",
                "follow .. | a run id is 1 to 128 of",
                "follow r1 --after x | 'x' is given; allowed is an event id",
                "cancel | Missing required parameter: 'RUN_ID'",
                "runs --state done | 'done' is given; allowed is queued, running,",
                "runs --limit -1 | '-1' is given; allowed is a whole number from 1",
                "runs --stat running | Unknown option: '--stat'",
                "frun | Unmatched argument at index 0: 'frun'",
                "serve --prot 1 | Unknown option: '--prot'",
                "serve --port | Missing required parameter for option '--port'",
                "serve --port 1 --port 2 | --port is given twice; allowed is once.",
                "serve --port x | --port is 'x'; allowed is a port from 0 to 65535",
                "serve --host 0.0.0.0 | --host is 0.0.0.0, which others can reach",
                "worker | --store is missing; allowed is the address of a Redis",
                "worker --store sqlite | --store is 'sqlite'; allowed is the address of a Redis",
                "worker --store redis://db --max-running 0 | --max-running is '0'; allowed is a whole number from 1",
                "worker --store redis://db --port 1 | Unknown option: '--port'",
            })
    void refusesWrongUseInOneClearMessage(String command, String message) {
        assertThat(execute(command.split(" ", -1))).isEqualTo(2);
        assertThat(err()).startsWith("runstream: ").contains(message).doesNotContain("\tat ");
        assertThat(err().lines().count()).isLessThanOrEqualTo(3);
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--port 9000 | --port | 'runstream serve --port 9000'",
                "--port=9000 --data x | --port, --data | 'runstream serve --port=9000 --data x'",
                "--server http://x runs | --server | 'runstream runs --server http://x'",
                "serve --prot 9 | --prot | --port",
                "serve --max-evnet 1MB | --max-evnet | --max-event",
                "serve --disconnect 5s | --disconnect | --disconnect-grace",
                "runs --stat running --angent a | --stat, --angent | --state",
                "follow r1 --nothing | --nothing |",
                "worker --leese 5s | --leese | --lease",
            })
    void saysWhichOptionWasMeant(String command, String unknown, @Nullable String meant) {
        assertThat(execute(command.split(" ", -1))).isEqualTo(2);
        String names = unknown.replaceAll("--[a-z-]+", "'$0'");
        String program = command.startsWith("-") ? "runstream" : "runstream " + command.split(" ", 2)[0];
        assertThat(err())
                .isEqualTo("runstream: Unknown option" + (names.contains(",") ? "s: " : ": ") + names + "\n"
                        + (meant == null ? "" : "Did you mean " + meant + "?\n")
                        + "'" + program + " --help' tells what is allowed.\n");
    }

    @Test
    void saysWhereAnInputIsNotJson() throws Exception {
        Path file = Files.writeString(temp.resolve("in.json"), "{\n  \"a\": 1,\n  b: 2\n}\n");
        assertThat(execute("run", "a", "--input", file.toString())).isEqualTo(2);
        assertThat(err()).contains("--input '" + file + "' is not JSON: line 3, column 3: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "worker", "run", "follow", "cancel", "runs"})
    void helpsWithEachCommand(String command) {
        String[] args = (command + " --help").strip().split(" ", -1);
        assertThat(execute(args)).isZero();
        assertThat(out()).contains("Usage: runstream" + (command.isEmpty() ? "" : " " + command));
        assertThat(out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        assertThat(execute(command.isEmpty() ? new String[] {"--version"} : new String[] {command, "--version"}))
                .isZero();
    }

    @Test
    void takesTheServerFromTheEnvironment() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) ->
                answer.raw("HTTP/1.1 204 No Content\r\nRun-State: cancelling\r\nConnection: close\r\n\r\n"))) {
            int status = Program.line(
                            around(out, Map.of("RUNSTREAM_SERVER", server.url()), Optional.empty()),
                            ProgramTest::noServer,
                            ProgramTest::noWorker)
                    .execute("cancel", "r1");
            assertThat(out()).isEqualTo("cancelling\n");
            assertThat(status).isZero();
            assertThat(server.requests().getFirst().method()).isEqualTo("DELETE");
            assertThat(server.requests().getFirst().path()).isEqualTo("/api/agents/run/r1");
        }
    }

    @Test
    void asksForCancelOnCtrlCAndWaitsForTheEnd() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            switch (request.method()) {
                case "POST" -> answer.json(201, RUN.formatted("running"));
                case "DELETE" -> {
                    answer.raw("HTTP/1.1 204 No Content\r\nRun-State: cancelling\r\nConnection: close\r\n\r\n");
                    cancelled.countDown();
                }
                default -> {
                    answer.stream("running");
                    signals.send("INT");
                    cancelled.await();
                    answer.event(1, "error", "{\"message\":\"stopped\",\"code\":\"cancelled\"}");
                }
            }
        })) {
            assertThat(execute("run", "a", "--server", server.url())).isEqualTo(130);
            assertThat(out()).contains("\"code\":\"cancelled\"");
            assertThat(err()).contains("asking for cancel and waiting for the end");
        }
    }

    @Test
    void leavesAtOnceOnTheSecondCtrlC() throws Exception {
        CountDownLatch left = signals.left;
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            switch (request.method()) {
                case "POST" -> answer.json(201, RUN.formatted("running"));
                case "DELETE" -> {
                    signals.send("INT");
                    left.await();
                    answer.raw("HTTP/1.1 204 No Content\r\nRun-State: cancelling\r\nConnection: close\r\n\r\n");
                }
                default -> {
                    answer.stream("running");
                    signals.send("INT");
                    left.await();
                    answer.event(1, "complete", "1");
                }
            }
        })) {
            execute("run", "a", "--server", server.url());
            assertThat(signals.status).isEqualTo(130);
        }
    }

    @Test
    void leavesAFollowedRunAloneOnCtrlC() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().contains("/run/")) {
                answer.json(200, RUN.formatted("running"));
            } else {
                answer.stream("running");
                signals.send("INT");
                done.await();
            }
        })) {
            assertThat(execute("follow", "r1", "--server", server.url())).isEqualTo(130);
            done.countDown();
            assertThat(err()).contains("left; the run goes on. To come back: runstream follow r1");
            assertThat(server.requests()).noneMatch(request -> request.method().equals("DELETE"));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 141, ''", "true, 1, runstream: the output cannot be written: No space left on device"})
    void endsQuietlyWhereNobodyReadsItsOutputButTellsOfAFullDisk(boolean isKept, int expected, String told)
            throws Exception {
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        outputIsKept = isKept;
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().contains("/run/")) {
                answer.json(200, RUN.formatted("running"));
            } else {
                answer.stream("running");
                answer.event(1, "delta", "1");
            }
        })) {
            int status = Program.line(
                            around(failing, Map.of(), Optional.empty()), ProgramTest::noServer, ProgramTest::noWorker)
                    .execute("follow", "r1", "--server", server.url());
            assertThat(status).isEqualTo(expected);
            assertThat(err().strip()).isEqualTo(told);
        }
    }

    @Test
    void takesTheEndFromTheRunWhereThePositionIsItsLastEvent() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().contains("/run/")) {
                answer.json(200, RUN.formatted("failed"));
            } else {
                answer.raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            }
        })) {
            assertThat(execute("follow", "r1", "--after", "7-9", "--server", server.url()))
                    .isEqualTo(1);
            assertThat(server.requests().stream()
                            .filter(request -> request.path().contains("/stream/"))
                            .map(request -> request.headers().get("Last-Event-ID")))
                    .containsExactly("7-9");
        }
    }

    @Test
    void showsARunOnATerminal() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.method().equals("POST")) {
                answer.json(201, RUN.formatted("running"));
            } else {
                answer.stream("running");
                answer.event(1, "status", "{\"state\":\"running\",\"progress\":{\"done\":5,\"total\":10}}");
                answer.event(2, "partial", "{\"net\":{\"tvpi\":2.3}}");
                answer.event(3, "complete", "{\"net\":{\"tvpi\":2.4,\"irr\":0.2}}");
            }
        })) {
            assertThat(onTerminal(true, "run", "a", "--server", server.url())).isZero();
            assertThat(out())
                    .endsWith("net:\n  tvpi: 2.4\n  irr: 0.2\ncompleted after 0:12\n" + "the whole result: curl -s "
                            + server.url() + "/api/agents/run/r1/result\n");
            assertThat(err()).isEqualTo("run r1\n");
        }
    }

    @Test
    void writesTextAsItComesOnATerminal() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            if (request.path().contains("/run/")) {
                answer.json(200, RUN.formatted("running"));
            } else {
                answer.stream("running");
                answer.event(1, "delta", "{\"text\":\"Hel\\u001b[2J\"}");
                answer.event(2, "delta", "{\"text\":\"lo\"}");
                answer.event(3, "error", "{\"message\":\"it broke\",\"code\":\"upstream\"}");
            }
        })) {
            assertThat(onTerminal(false, "follow", "r1", "--server", server.url()))
                    .isEqualTo(1);
            assertThat(out()).endsWith("Hel[2Jlo\nfailed after 0:12: it broke (upstream)\n");
            assertThat(out()).doesNotContain("\u001b");
        }
    }

    @Test
    void listsRunsAsATableOnATerminalAndAsJsonInAPipe() throws Exception {
        String ended = "{\"runId\":\"r2\",\"agent\":\"fund-scenario\",\"state\":\"completed\",\"attempt\":1,"
                + "\"createdAt\":\"2026-01-29T12:00:00Z\",\"startedAt\":\"2026-01-29T12:00:00Z\","
                + "\"endedAt\":\"2026-01-29T13:01:02Z\"}";
        String running = RUN.formatted("running");
        try (ScriptedServer server = new ScriptedServer((request, answer) -> answer.json(
                200,
                request.path().contains("after=")
                        ? "{\"runs\":[" + ended + "],\"next\":null}"
                        : "{\"runs\":[" + running + "],\"next\":\"n1\"}"))) {
            assertThat(execute("runs", "--agent", "a b", "--state", "running", "--server", server.url()))
                    .isZero();
            assertThat(out()).isEqualTo(running + "\n" + ended + "\n");
            assertThat(server.requests().getFirst().path())
                    .isEqualTo("/api/agents/runs?state=running&agent=a+b&limit=100");
            assertThat(err()).isEmpty();
            out.reset();
            assertThat(onTerminal(true, "runs", "--server", server.url())).isZero();
            assertThat(out()).isEqualTo("""
                    STATE      AGENT          AGE  TOOK     RUN ID
                    running    a              12s  0:12     r1
                    completed  fund-scenario  2d   1:01:02  r2
                    """);
            out.reset();
            onTerminal(true, "runs", "--limit", "1", "--server", server.url());
            assertThat(out()).endsWith("There are more; --limit 10 shows up to so many.\n");
        }
    }

    @Test
    void listsEveryRunInAPipeAndTellsWhatALimitLeavesOut() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            int page = request.path().contains("after=")
                    ? Integer.parseInt(request.path().replaceAll(".*after=", ""))
                    : 0;
            answer.json(
                    200,
                    "{\"runs\":[" + RUN.formatted("completed").replace("r1", "r" + page) + "],\"next\":"
                            + (page == 29 ? "null" : "\"" + (page + 1) + "\"") + "}");
        })) {
            assertThat(execute("runs", "--server", server.url())).isZero();
            assertThat(out().lines()).hasSize(30).last().asString().contains("\"r29\"");
            assertThat(err()).isEmpty();
            out.reset();
            execute("runs", "--limit", "3", "--server", server.url());
            assertThat(out().lines()).hasSize(3);
            assertThat(err()).isEqualTo("runstream: there are more than 3; without --limit all are listed\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve --port 0", "worker --store redis://db"})
    void saysOnceItIsReadyAndDrainsOnSigterm(String command) {
        Service service = new Service() {
            private final CountDownLatch drained = new CountDownLatch(1);

            @Override
            public String readyLine() {
                return "ready, for the test";
            }

            @Override
            public void drain() {
                drained.countDown();
            }

            @Override
            public void awaitEnd() throws InterruptedException {
                signals.send("TERM");
                drained.await();
            }
        };
        int status = Program.line(around(out, Map.of(), Optional.empty()), told -> service, told -> service)
                .execute(command.split(" ", -1));
        assertThat(out()).isEqualTo("ready, for the test\n");
        assertThat(status).isZero();
    }

    @Test
    void saysWhyTheServerCannotStart() {
        assertThat(execute("serve")).isEqualTo(1);
        assertThat(err()).isEqualTo("runstream: port 8080 is taken\n");
    }

    @Test
    void saysWhyAWorkerCannotStart() {
        assertThat(execute("worker", "--store", "redis://:s3cret@db")).isEqualTo(1);
        assertThat(err()).isEqualTo("runstream: redis://:***@db:6379 does not answer\n");
    }

    private int execute(String... args) {
        return Program.line(around(out, Map.of(), Optional.empty()), ProgramTest::noServer, ProgramTest::noWorker)
                .execute(args);
    }

    private int onTerminal(boolean movesCursor, String... args) {
        Terminal terminal = new Terminal(() -> 80, movesCursor, false, StandardCharsets.UTF_8);
        return Program.line(around(out, Map.of(), Optional.of(terminal)), ProgramTest::noServer, ProgramTest::noWorker)
                .execute(args);
    }

    private static Service noServer(ServeConfiguration configuration) {
        throw new StartFailedException("port " + configuration.listen().port() + " is taken", null);
    }

    private static Service noWorker(WorkConfiguration configuration) {
        String address = ((StoreSettings.Redis) configuration.store()).address().toString();
        throw new StartFailedException(address + " does not answer", null);
    }

    private Surroundings around(OutputStream to, Map<String, String> environment, Optional<Terminal> terminal) {
        return new Surroundings(
                new ByteArrayInputStream(" {\"paths\": 1.50} ".getBytes(StandardCharsets.UTF_8)),
                to,
                outputIsKept,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                terminal,
                signals,
                InstantSource.fixed(NOW));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Signals that a test sends itself. */
    private static final class FakeSignals implements Signals {
        private final Map<String, Runnable> actions = new ConcurrentHashMap<>();
        private final CountDownLatch left = new CountDownLatch(1);
        private volatile int status = -1;

        @Override
        public boolean on(String name, Runnable action) {
            actions.put(name, action);
            return true;
        }

        @Override
        public void leave(int exitStatus) {
            status = exitStatus;
            left.countDown();
        }

        void send(String name) {
            Objects.requireNonNull(actions.get(name), name).run();
        }
    }
}
