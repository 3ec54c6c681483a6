package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a stream begins: head, first frame, what becomes of the position. */
@ParameterizedClass
@MethodSource("dev.runstream.server.Transports#here")
class StreamOpeningTest {
    private final TestServer server;

    StreamOpeningTest(String transport) {
        server = TestServer.start(base -> new Tuning(base).transport(transport).settings(), runs -> runs);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int port() {
        return server.port();
    }

    private RawHttp.Answer ask(String pathAndQuery, String headers) {
        return RawHttp.ask(port(), "GET /api/agents/stream/" + pathAndQuery, headers, "");
    }

    @Test
    void sendsHeadAndFirstFrameAtOnceByteForByte() {
        Feed.external(server.store(), "a");
        try (StreamReader reader = StreamReader.after(port(), "a", 1)) {
            assertThat(reader.head().split("\r\n", -1))
                    .containsExactly(
                            "HTTP/1.1 200 OK",
                            "Content-Type: text/event-stream",
                            "Cache-Control: no-cache, no-transform",
                            "X-Accel-Buffering: no",
                            "Connection: close",
                            "Transfer-Encoding: chunked",
                            "vary: Origin",
                            "",
                            "");
            assertThat(reader.next().raw()).isEqualTo("""
                            retry: 10000
                            event: status
                            data: {"state":"running","attempt":1,"runId":"a","resume":"resumed",\
                            "firstEventId":"1000-1","lastEventId":"1000-1"}

                            """);
        }
    }

    @Test
    void carriesEventsByteForByte() {
        Feed feed = Feed.external(server.store(), "a").delta("{\"text\":\"h\\u00e9llo é\",\"n\":1e400,\"n\":-0}");
        try (StreamReader reader = StreamReader.after(port(), "a", 1)) {
            reader.next();
            assertThat(reader.next().raw()).isEqualTo("""
                            id: 1000-2
                            event: delta
                            data: {"text":"h\\u00e9llo é","n":1e400,"n":-0}

                            """);
            feed.partial("[1]");
            assertThat(reader.next().raw()).isEqualTo("id: 1000-3\nevent: partial\ndata: [1]\n\n");
            feed.complete("null");
            assertThat(reader.next().raw()).isEqualTo("id: 1000-4\nevent: complete\ndata: null\n\n");
            assertThat(reader.rest()).isEmpty();
        }
    }

    @Test
    void startsFromTheFirstEventHeldWithoutAPosition() {
        Feed.external(server.store(), "a").delta("1").complete("2");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            StreamReader.Frame first = reader.next();
            assertThat(first.text("resume")).isEqualTo("start");
            assertThat(first.text("state")).isEqualTo("completed");
            assertThat(reader.rest())
                    .extracting(StreamReader.Frame::data)
                    .hasSize(3)
                    .contains("1", "2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000-4", "999-1", "1001-1", "9223372036854775807-9223372036854775807"})
    void resetsAPositionOfAnotherEpochOrPastTheEnd(String position) {
        Feed.external(server.store(), "a").delta("1").complete("2");

        String body = ask("a", "Last-Event-ID: " + position + "\r\n").text();

        assertThat(body)
                .contains("\"resume\":\"reset\"")
                .containsSubsequence("id: 1000-1\n", "id: 1000-2\n", "id: 1000-3\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0-1",
                "1000-0",
                "01000-1",
                "1000-01",
                "1000",
                "1000-",
                "-",
                "1000-1-1",
                "1000-1 1",
                "+1000-1",
                "1000--1",
                "9223372036854775808-1",
                "1000-9223372036854775808",
                "99999999999999999999999999-1",
                "1000-1e3",
                "abc",
                "undefined",
                "é"
            })
    void refusesAMalformedPosition(String position) {
        Feed.external(server.store(), "a");

        RawHttp.Answer answer = ask("a", "Last-Event-ID: " + position + "\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.text()).contains("\"code\":\"invalid-last-event-id\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000-1%00", "%00", "1000-1%0A", "%EF%BC%91000-1", "1000-1%20"})
    void refusesAMalformedPositionInTheQuery(String position) {
        Feed.external(server.store(), "a");

        RawHttp.Answer answer = ask("a?lastEventId=" + position, "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("\"code\":\"invalid-last-event-id\"");
    }

    @Test
    void refusesAPositionOfAMegabyteWithoutReadingItToMemory() {
        Feed.external(server.store(), "a");
        try (RawHttp http = new RawHttp(port())) {
            http.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: ");
            http.send("1".repeat(40 * 1024));

            assertThat(http.answer(false).status()).isBetween(400, 499);
        }
    }

    @Test
    void refusesALongPositionThatFitsIntoAHead() {
        Feed.external(server.store(), "a");

        assertThat(ask("a", "Last-Event-ID: 1000-" + "1".repeat(20_000) + "\r\n")
                        .text())
                .contains("\"code\":\"invalid-last-event-id\"");
    }

    @Test
    void takesThePositionOfTheQueryWhereTheHeaderIsAbsentOrEmpty() {
        Feed.external(server.store(), "a").delta("1").complete("2");

        for (String headers : List.of("", "Last-Event-ID:\r\n", "Last-Event-ID:  \r\n")) {
            assertThat(ask("a?lastEventId=1000-2", headers).text())
                    .contains("\"resume\":\"resumed\"")
                    .doesNotContain("id: 1000-2\n")
                    .contains("id: 1000-3\n");
        }
    }

    @Test
    void takesThePositionOfTheHeaderBeforeThatOfTheQuery() {
        Feed.external(server.store(), "a").delta("1").complete("2");

        assertThat(ask("a?lastEventId=1000-2", "Last-Event-ID: 1000-1\r\n").text())
                .contains("id: 1000-2\n");
        assertThat(ask("a?lastEventId=1000-2", "Last-Event-ID: nonsense\r\n").status())
                .isEqualTo(400);
        assertThat(ask("a?lastEventId=nonsense", "Last-Event-ID: 1000-1\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void countsAnEmptyPositionEverywhereAsNone() {
        Feed.external(server.store(), "a").complete("2");

        assertThat(ask("a?lastEventId=", "Last-Event-ID:\r\n").text()).contains("\"resume\":\"start\"");
    }

    @Test
    void answersThePositionOfTheTerminalEventWithNoContent() {
        Feed.external(server.store(), "a").complete("2");

        assertThat(ask("a", "Last-Event-ID: 1000-2\r\n").status()).isEqualTo(204);
        assertThat(ask("a?lastEventId=1000-2", "").status()).isEqualTo(204);
        assertThat(RawHttp.ask(port(), "HEAD /api/agents/stream/a", "Last-Event-ID: 1000-2\r\n", "")
                        .status())
                .isEqualTo(204);
        assertThat(ask("a", "Last-Event-ID: 1000-3\r\n").text()).contains("\"resume\":\"reset\"");
    }

    @Test
    void answersHeadWithTheHeadAndOpensNoReader() {
        Feed.external(server.store(), "a");

        RawHttp.Answer answer = RawHttp.ask(port(), "HEAD /api/agents/stream/a", "", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).contains("text/event-stream");
        assertThat(answer.header("Connection")).contains("close");
        Scrape metrics = Scrape.of(port());
        assertThat(metrics.value("ai_stream_connections_active")).isZero();
        assertThat(metrics.resumes("start")).isZero();
        assertThat(metrics.value("ai_stream_bytes_sent_total")).isZero();
        assertThat(RawHttp.get(port(), "/api/agents/run/a").text()).contains("\"readers\":0");
    }

    @Test
    void sendsAnUnframedBodyToHttp10AndEndsItWithTheConnection() {
        Feed feed = Feed.external(server.store(), "a").delta("1");
        try (StreamReader reader = StreamReader.http10(port(), "a")) {
            assertThat(reader.head())
                    .contains("Content-Type: text/event-stream")
                    .doesNotContain("Transfer-Encoding")
                    .doesNotContain("Content-Length");
            assertThat(reader.next().raw()).startsWith("retry: 10000\n");
            assertThat(reader.upTo(2).data()).isEqualTo("1");
            feed.complete("3");
            assertThat(reader.rest()).extracting(StreamReader.Frame::data).containsExactly("3");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "text/event-stream,200",
        "*/*,200",
        "text/*;q=0.1,200",
        "'application/json, text/event-stream',200",
        "'',200",
        "application/json,406",
        "text/html,406",
        "'*/*, text/event-stream;q=0',406"
    })
    void wantsAnAcceptHeaderThatAllowsAnEventStream(String accept, int status) {
        Feed.external(server.store(), "a").complete("1");

        RawHttp.Answer answer = ask("a", "Accept: " + accept + "\r\n");

        assertThat(answer.status()).isEqualTo(status);
        if (status == 406) {
            assertThat(answer.text()).contains("\"code\":\"not-acceptable\"");
        }
    }

    @Test
    void knowsOnlyRunsThatThereAre() {
        assertThat(ask("nobody", "").status()).isEqualTo(404);
        assertThat(ask("nobody", "").text()).contains("\"code\":\"run-not-found\"");
        assertThat(ask("%00", "").status()).isEqualTo(404);
        assertThat(ask("a%2Fb", "").status()).isEqualTo(404);
        assertThat(ask("..", "").status()).isEqualTo(404);
    }

    @Test
    void ignoresWhatComesAfterTheRequest() {
        Feed feed = Feed.external(server.store(), "a");
        try (StreamReader reader =
                StreamReader.withHeaders(port(), "a", "\r\nGET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n")) {
            reader.next();
            reader.upTo(1);
            feed.complete("2");
            assertThat(reader.rest()).hasSize(1);
        }
        assertThat(Scrape.awaitNoStream(port()).resumes("start")).isEqualTo(1);
    }

    @Test
    void servesAStreamOnAConnectionThatHasServedOtherRequests() {
        Feed.external(server.store(), "a").complete("2");
        try (RawHttp http = new RawHttp(port())) {
            assertThat(http.request("GET /api/agents/stream/a?lastEventId=x", "", "")
                            .status())
                    .isEqualTo(400);
            assertThat(http.request("GET /api/agents/stream/a", "", "").text()).endsWith("data: 2\n\n");
            assertThat(http.read()).isEqualTo(-1);
        }
    }
}
