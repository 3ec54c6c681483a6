package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.server.http.ConnectionTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that mean harm or know no better: never a hang, a leak or a 500. */
class HostileTest {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

    private ApiServer server = ApiServer.start();

    @BeforeEach
    void startRun() {
        server.startExternal("a");
    }

    @AfterEach
    void stop() {
        // Whatever a test did, the server is as it was.
        assertThat(server.get("/healthz").status()).isEqualTo(200);
        server.close();
    }

    private void hurry() {
        server.close();
        Duration soon = Duration.ofMillis(200);
        server = new ApiServer.Setup()
                .times(new ConnectionTimes(soon, soon, soon, Duration.ofSeconds(5), soon))
                .start();
        server.startExternal("a");
    }

    private RawHttp.Answer answerTo(String bytes) {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(bytes.getBytes(StandardCharsets.ISO_8859_1));
            RawHttp.Answer answer = http.answer(false);
            assertThat(answer.header("Connection")).contains("close");
            assertThat(http.read()).isEqualTo(-1);
            return answer;
        }
    }

    @Test
    void findsRoomForARequestHoweverManyConnectionsSayNothing() {
        server.close();
        server = new ApiServer.Setup().maxStreams(1).otherConnections(20).start();
        server.startExternal("a");
        List<RawHttp> silent = new ArrayList<>();
        try (RawHttp reader = new RawHttp(server.port())) {
            reader.send("GET /api/agents/stream/a" + HOST + "\r\n");
            reader.head();
            for (int i = 0; i < 100; i++) {
                silent.add(new RawHttp(server.port()));
            }
            assertThat(server.get("/healthz").status()).isEqualTo(200);
            assertThat(reader.chunkText()).contains("\"resume\":\"start\"");
            assertThat(server.server().openStreams()).isEqualTo(1);
        } finally {
            silent.forEach(RawHttp::close);
        }
    }

    @Test
    void closesAConnectionWhosePeerTakesNothingOfItsAnswers() {
        server.close();
        Duration soon = Duration.ofMillis(300);
        Duration late = Duration.ofMinutes(1);
        server = new ApiServer.Setup()
                .times(new ConnectionTimes(late, late, late, soon, soon))
                .start();
        server.startExternal("a");
        try (RawHttp http = new RawHttp(server.port())) {
            http.socket().setReceiveBufferSize(4 * 1024);
            String requests = ("GET /metrics" + HOST + "\r\n").repeat(2_000);
            // Refused once the connection is gone; until then it is not read.
            assertThatThrownBy(() -> {
                        while (true) {
                            http.send(requests);
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class);
        } catch (SocketException unsupported) {
            throw new AssertionError(unsupported);
        }
    }

    @Test
    void givesUpAHeadThatDoesNotArrive() {
        hurry();
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("GET /healthz HTTP/1.1\r\nHost: loc");
            assertProblem(http.answer(false), 408, "request-timeout");
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @Test
    void givesUpAHeadThatArrivesByteByByte() {
        hurry();
        try (RawHttp http = new RawHttp(server.port())) {
            http.socket().setSoTimeout(20);
            long begun = System.nanoTime();
            int next = -2;
            while (next == -2) {
                http.send("x");
                next = readOrWait(http);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThat(next).isEqualTo('H');
        } catch (IOException fault) {
            throw new java.io.UncheckedIOException(fault);
        }
    }

    private static int readOrWait(RawHttp http) throws IOException {
        try {
            return http.socket().getInputStream().read();
        } catch (java.net.SocketTimeoutException notYet) {
            return -2;
        }
    }

    @Test
    void closesAConnectionThatSaysNothing() {
        hurry();
        try (RawHttp silent = new RawHttp(server.port());
                RawHttp idle = new RawHttp(server.port())) {
            assertThat(idle.request("GET /healthz", "", "").status()).isEqualTo(200);
            assertThat(silent.read()).isEqualTo(-1);
            assertThat(idle.read()).isEqualTo(-1);
        }
    }

    @Test
    void givesUpABodyThatDoesNotArrive() {
        hurry();
        for (String path : List.of("/api/agents/run", "/api/agents/run/a/events")) {
            try (RawHttp http = new RawHttp(server.port())) {
                http.send("POST " + path + HOST + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
                assertProblem(http.answer(false), 408, "request-timeout");
            }
        }
    }

    @Test
    void letsABodyOfLinesBeSilentAsLongAsTheLeaseOfItsRun() {
        hurry();
        server.start("{\"agent\":\"external\",\"runId\":\"short\",\"leaseSeconds\":1}");
        try (RawHttp http = new RawHttp(server.port())) {
            long begun = System.nanoTime();
            http.send("POST /api/agents/run/short/events" + HOST
                    + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            RawHttp.Answer answer = http.answer(false);

            // The lease ends the run, and that is what the worker is told.
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).contains("\"state\":\"failed\"");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
        }
        assertThat(server.get("/api/agents/run/short").text()).contains("\"code\":\"worker-lost\"");
    }

    @Test
    void refusesAHeadThatIsTooLong() {
        assertProblem(
                answerTo("GET /healthz" + HOST + "X: " + "x".repeat(100_000) + "\r\n\r\n"), 431, "invalid-request");
        assertProblem(answerTo("GET /healthz" + HOST + "X: y\r\n".repeat(20_000) + "\r\n"), 431, "invalid-request");
        assertProblem(answerTo("GET /" + "x".repeat(100_000) + HOST + "\r\n"), 414, "invalid-request");
        assertProblem(answerTo("x".repeat(20_000_000) + "\r\n\r\n"), 414, "invalid-request");
    }

    @Test
    void takesAPositionOfAMegabyteForAHeadThatIsTooLong() {
        assertProblem(
                answerTo("GET /api/agents/stream/a" + HOST + "Last-Event-ID: " + "1".repeat(1 << 20) + "\r\n\r\n"),
                431,
                "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\nno http\r\n\r\n",
                "GET\r\n\r\n",
                "GET /healthz\r\n\r\n",
                "GET /healthz HTTP/x.y\r\n\r\n",
                "GET /healthz FTP/1.1\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost localhost\r\n\r\n",
                "GET /healthz HTTP/1.1\r\n: x\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHo st: localhost\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nX: a\u0000b\r\n\r\n",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: +1\r\n\r\nx",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: 1x\r\n\r\nx",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nxx",
                "POST /api/agents/run HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /api/agents/run HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "POST /api/agents/run HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void refusesWhatIsNotWellFormed(String request) {
        assertProblem(answerTo(request), 400, "invalid-request");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    gzip, chunked    | 501
                    gzip             | 400
                    identity         | 400
                    chunked, chunked | 400
                    chunked, gzip    | 400
                    xchunked         | 400
                    """)
    void refusesTransferCodingsThatItDoesNotKnow(String coding, int status) {
        assertProblem(
                answerTo("POST /api/agents/run" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n"),
                status,
                "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n", "-1\r\n", "\r\n", "ffffffffffffffffff\r\n", "2\r\n  !!", "1\r\n \r\nzz\r\n"})
    void refusesChunksThatAreNone(String chunks) {
        assertProblem(
                answerTo("POST /api/agents/run/a/events" + HOST
                        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n"
                        + chunks),
                400,
                "invalid-request");
        assertThat(server.get("/api/agents/run/a").status()).isEqualTo(200);
    }

    @Test
    void refusesOtherProtocols() {
        assertProblem(answerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, "invalid-request");
        byte[] hello = new byte[512];
        hello[0] = 0x16;
        hello[1] = 0x03;
        hello[2] = 0x01;
        hello[3] = 0x01;
        hello[4] = (byte) 0xfb;
        assertProblem(answerTo(new String(hello, StandardCharsets.ISO_8859_1)), 400, "invalid-request");
    }

    @Test
    void answersAThousandRequestsSentAtOnceInOrder() {
        try (RawHttp http = new RawHttp(server.port())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                switch (i % 4) {
                    case 0 -> all.append("GET /healthz" + HOST + "\r\n");
                    case 1 -> all.append("GET /nothing" + HOST + "\r\n");
                    case 2 -> all.append("GET /metrics" + HOST + "Accept: x\r\n\r\n");
                    default ->
                        all.append("POST /api/agents/run/a/events" + HOST
                                + "Content-Type: application/json\r\nContent-Length: 25\r\n\r\n"
                                + "{\"type\":\"delta\",\"data\":1}");
                }
            }
            // By a thread of its own, since the answers are larger than what the sockets hold.
            Thread sender = Thread.ofVirtual().start(() -> http.send(all.toString()));
            for (int i = 0; i < 1_000; i++) {
                RawHttp.Answer answer = http.answer(false);
                assertThat(answer.status()).as("answer %s", i).isEqualTo(i % 4 == 1 ? 404 : 200);
                if (i % 4 == 3) {
                    assertThat(answer.text()).contains("-" + (2 + i / 4) + "\"");
                }
            }
            assertThat(sender).isNotNull();
        }
    }

    @Test
    void holdsBackAPeerThatAsksAndDoesNotTakeTheAnswers() {
        server.publish("a", "{\"type\":\"complete\",\"data\":\"" + "x".repeat(250_000) + "\"}");
        byte[] request = ("GET /api/agents/run/a/result" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (RawHttp greedy = new RawHttp(server.port())) {
            int asked = 2_000;
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < asked; i++) {
                    greedy.send(request);
                }
            });
            // Half a gigabyte of answers would not fit into the memory of this test.
            for (int i = 0; i < asked; i++) {
                assertThat(greedy.answer(false).body()).hasSize(250_002);
            }
            assertThat(sender).isNotNull();
        }
    }

    @Test
    void throwsAwayWhatComesBehindARequestForAStream() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("GET /healthz" + HOST + "\r\nGET /api/agents/stream/a" + HOST + "\r\n"
                    + ("DELETE /api/agents/run/a" + HOST + "\r\n").repeat(500));
            assertThat(http.answer(false).status()).isEqualTo(200);
            assertThat(http.head()).contains("text/event-stream");
            assertThat(http.chunkText()).contains("\"state\":\"running\"");
            server.publish("a", "{\"type\":\"complete\",\"data\":1}");
            StringBuilder rest = new StringBuilder();
            for (var chunk = http.chunk(); chunk.isPresent(); chunk = http.chunk()) {
                rest.append(new String(chunk.get(), StandardCharsets.UTF_8));
            }
            assertThat(rest).contains("event: complete\n").doesNotContain("cancelling");
        }
    }

    @Test
    void throwsAwayWhatComesBehindTheLastRequest() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("GET /healthz" + HOST + "Connection: close\r\n\r\n"
                    + ("DELETE /api/agents/run/a" + HOST + "\r\n").repeat(500));
            assertThat(http.answer(false).status()).isEqualTo(200);
            assertThat(http.read()).isEqualTo(-1);
        }
        assertThat(server.get("/api/agents/run/a").text()).contains("\"state\":\"running\"");
    }

    @Test
    void answersAPeerThatHasClosedItsSide() throws IOException {
        server.publish("a", "{\"type\":\"complete\",\"data\":\"" + "x".repeat(250_000) + "\"}");
        String get = "GET /api/agents/run/a/result" + HOST + "\r\n";
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(get + "GET /metrics" + HOST + "\r\n" + get);
            http.socket().shutdownOutput();
            assertThat(http.answer(false).body()).hasSize(250_002);
            assertThat(http.answer(false).status()).isEqualTo(200);
            assertThat(http.answer(false).body()).hasSize(250_002);
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    /** What it does not take yet has to be sent later, when nothing more comes from it. */
    @Test
    void answersAPeerThatHasClosedItsSideAndTakesLittleAtATime() throws IOException {
        server.publish("a", "{\"type\":\"complete\",\"data\":\"" + "x".repeat(40_000) + "\"}");
        int requests = 60;
        try (RawHttp http = new RawHttp(server.port())) {
            http.socket().setReceiveBufferSize(32 * 1024);
            http.send(("GET /api/agents/run/a/result" + HOST + "\r\n").repeat(requests));
            http.socket().shutdownOutput();
            for (int i = 0; i < requests; i++) {
                assertThat(http.answer(false).body()).hasSize(40_002);
            }
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    /** Answers that come as tasks of the loop, after it has seen that the peer has closed its side. */
    @Test
    void answersLaterWhatAPeerHasAskedThatHasClosedItsSide() throws IOException {
        int requests = 100;
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(("GET /metrics" + HOST + "\r\n").repeat(requests));
            http.socket().shutdownOutput();
            for (int i = 0; i < requests; i++) {
                assertThat(http.answer(false).status()).isEqualTo(200);
            }
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @Test
    void answersAPostWhoseSenderHasClosedItsSide() throws IOException {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("POST /api/agents/run" + HOST
                    + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"agent\":\"external\"}");
            http.socket().shutdownOutput();
            assertThat(http.answer(false).status()).isEqualTo(201);
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesARequestThatBreaksOff() throws IOException {
        for (String part : List.of(
                "GET /healthz HTTP/1.1\r\nHost: loc",
                "POST /api/agents/run" + HOST + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"ag",
                "POST /api/agents/run/a/events" + HOST
                        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"t")) {
            try (RawHttp http = new RawHttp(server.port())) {
                http.send(part);
                http.socket().shutdownOutput();
                assertProblem(http.answer(false), 400, "invalid-request");
                assertThat(http.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void outlivesPeersThatAreGoneInTheMiddle() throws IOException {
        List<String> parts = List.of(
                "",
                "G",
                "GET /healthz" + HOST,
                "GET /healthz" + HOST + "\r\n",
                "GET /metrics" + HOST + "\r\nGET /metrics" + HOST + "\r\n",
                "POST /api/agents/run" + HOST + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
                "POST /api/agents/run/a/events" + HOST
                        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                "GET /api/agents/stream/a" + HOST + "\r\n");
        List<RawHttp> open = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            for (String part : parts) {
                RawHttp http = new RawHttp(server.port());
                http.send(part);
                open.add(http);
            }
        }
        for (RawHttp http : open) {
            // With no time to linger a close is a reset.
            http.socket().setSoLinger(true, 0);
            http.close();
        }
        assertThat(server.publish("a", "{\"type\":\"complete\",\"data\":1}").status())
                .isEqualTo(200);
    }
}
