package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods, paths, connections that are used again, and the paths for operators. */
class HttpTest {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

    private final ApiServer server = ApiServer.start();

    @BeforeEach
    void startRun() {
        server.startExternal("a");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawHttp.Answer ask(String methodAndPath, String headers) {
        return RawHttp.ask(server.port(), methodAndPath, headers, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /api/agents                | GET, HEAD, OPTIONS
                    /api/agents/runs           | GET, HEAD, OPTIONS
                    /api/agents/run            | POST, OPTIONS
                    /api/agents/run/a          | GET, HEAD, DELETE, OPTIONS
                    /api/agents/run/a/result   | GET, HEAD, OPTIONS
                    /api/agents/run/a/events   | POST, OPTIONS
                    /api/agents/stream/a       | GET, HEAD, OPTIONS
                    /healthz                   | GET, HEAD, OPTIONS
                    /readyz                    | GET, HEAD, OPTIONS
                    /metrics                   | GET, HEAD, OPTIONS
                    """)
    void namesTheMethodsOfEachPath(String path, String allowed) {
        for (String method : List.of("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "TRACE", "BREW")) {
            if (!List.of(allowed.split(", ")).contains(method)) {
                RawHttp.Answer refused = ask(method + " " + path, "");
                assertThat(refused.status()).as("%s %s", method, path).isEqualTo(405);
                assertThat(refused.header("Allow")).contains(allowed);
                if (!method.equals("HEAD")) {
                    assertProblem(refused, 405, "method-not-allowed");
                }
            }
        }
        RawHttp.Answer options = ask("OPTIONS " + path, "");
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).contains(allowed);
    }

    @Test
    void answersOptionsForTheWholeServer() {
        assertThat(ask("OPTIONS *", "").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/api",
                "/api/agents/",
                "/api/agents/nothing",
                "/api/agents/run/a/",
                "/api/agents/run/a/b/c",
                "/api/agents/stream",
                "/api/agents/run/a/eve%6Ets/x",
                "//healthz",
                "/healthz/",
                "/../etc/passwd",
                "/web/index.html",
                "/%2e%2e/dev/runstream/server/RunstreamServer.class",
                "/a.b%00.html"
            })
    void findsNothing(String path) {
        assertProblem(ask("GET " + path, ""), 404, "not-found");
        assertProblem(ask("POST " + path, ""), 404, "not-found");
    }

    @Test
    void findsNoPagesBelowTheBasePath() {
        assertProblem(ask("GET /api/agents/nothing", "Accept: text/html\r\n"), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/agents",
                "/api/agents/runs",
                "/api/agents/run/a",
                "/api/agents/run/a/result",
                "/api/agents/run/nobody",
                "/healthz",
                "/readyz",
                "/",
                "/runstream.css",
                "/nothing"
            })
    void answersHeadAsGetWithoutTheBody(String path) {
        RawHttp.Answer get = ask("GET " + path, "");
        try (RawHttp http = new RawHttp(server.port())) {
            RawHttp.Answer head = http.request("HEAD " + path, "", "");
            assertThat(head.head()).isEqualTo(get.head());
            // Had it had a body, the next answer would not begin here.
            assertThat(http.request("GET /healthz", "", "").status()).isEqualTo(200);
        }
    }

    @Test
    void answersHeadOfAStreamAndOpensNoReader() {
        try (RawHttp http = new RawHttp(server.port())) {
            RawHttp.Answer head = http.request("HEAD /api/agents/stream/a", "", "");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).contains("text/event-stream");
            assertThat(http.read()).isEqualTo(-1);
        }
        assertThat(ask("GET /api/agents/run/a", "").text()).contains("\"readers\":0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/html, application/json;q=0.9", "text/event-stream;q=0"})
    void refusesAStreamToWhoeverTakesNone(String accept) {
        assertProblem(ask("GET /api/agents/stream/a", "Accept: " + accept + "\r\n"), 406, "not-acceptable");
    }

    @Test
    void servesManyRequestsOnOneConnection() {
        try (RawHttp http = new RawHttp(server.port())) {
            for (int i = 0; i < 50; i++) {
                assertThat(http.request("GET /healthz", "", "").status()).isEqualTo(200);
                assertThat(http.request("GET /nothing", "", "").status()).isEqualTo(404);
                assertThat(http.request("OPTIONS /healthz", "", "").status()).isEqualTo(204);
                assertThat(http.request("GET /metrics", "", "").status()).isEqualTo(200);
                assertThat(http.request(
                                        "POST /api/agents/run/a/events",
                                        "Content-Type: application/json\r\n",
                                        "{\"type\":\"delta\",\"data\":" + i + "}")
                                .text())
                        .contains("-" + (i + 2) + "\"");
            }
        }
    }

    @Test
    void keepsAnHttp10ConnectionOnlyWhenAsked() {
        try (RawHttp http = new RawHttp(server.port())) {
            for (int i = 0; i < 3; i++) {
                http.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                RawHttp.Answer answer = http.answer(false);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Connection")).contains("keep-alive");
            }
            http.send("GET /healthz HTTP/1.0\r\n\r\n");
            assertThat(http.answer(false).header("Connection")).contains("close");
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @Test
    void closesWhenAskedTo() {
        try (RawHttp http = new RawHttp(server.port())) {
            assertThat(http.request("GET /healthz", "Connection: close\r\n", "").status())
                    .isEqualTo(200);
            assertThat(http.read()).isEqualTo(-1);
        }
    }

    @Test
    void streamsUnframedToHttp10() {
        server.publish("a", "{\"type\":\"complete\",\"data\":1}");
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("GET /api/agents/stream/a HTTP/1.0\r\n\r\n");
            RawHttp.Answer answer = http.answer(false);
            assertThat(answer.head()).doesNotContain("Transfer-Encoding").contains("Connection: close");
            assertThat(answer.text()).startsWith("retry: 10000\n").endsWith("event: complete\ndata: 1\n\n");
        }
    }

    @Test
    void asksForABodyThatWaitsToBeAskedFor() {
        try (RawHttp http = new RawHttp(server.port())) {
            for (int i = 0; i < 2; i++) {
                http.send("POST /api/agents/run/a/events" + HOST
                        + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 25\r\n\r\n");
                assertThat(http.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
                // What is sent ahead must not change what belongs to which answer.
                http.send("{\"type\":\"delta\",\"data\":1}\n" + "HEAD /healthz" + HOST + "\r\n");
                assertThat(http.answer(false).text()).contains("lastEventId");
                assertThat(http.answer(true).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void doesNotAskForABodyThatItWillNotRead() {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send("POST /api/agents/run" + HOST
                    + "Content-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
            assertProblem(http.answer(false), 415, "unsupported-media-type");
        }
    }

    @Test
    void saysThatItLivesAndIsReady() {
        assertThat(ask("GET /healthz", "").text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(ask("GET /readyz", "").text()).isEqualTo("{\"status\":\"ready\"}");
    }

    @Test
    void isNotReadyWhileTheStoreIsAway() {
        server.store().away(true);
        assertProblem(ask("GET /readyz", ""), 503, "store-unavailable");
        assertThat(ask("GET /healthz", "").status()).isEqualTo(200);
        server.store().away(false);
        assertThat(ask("GET /readyz", "").status()).isEqualTo(200);
    }

    @Test
    void isNotReadyWhileItDrainsAndStartsNoRun() {
        try (RawHttp first = new RawHttp(server.port());
                RawHttp second = new RawHttp(server.port())) {
            first.request("GET /healthz", "", "");
            second.request("GET /healthz", "", "");
            server.server().drain(java.time.Duration.ofSeconds(1));

            RawHttp.Answer ready = first.request("GET /readyz", "", "");
            assertProblem(ready, 503, "overloaded");
            assertThat(ready.header("Connection")).contains("close");
            assertProblem(
                    second.request(
                            "POST /api/agents/run", "Content-Type: application/json\r\n", "{\"agent\":\"external\"}"),
                    503,
                    "overloaded");
        }
    }

    @Test
    void showsAPageToABrowser() {
        RawHttp.Answer page = ask("GET /", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.header("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'; script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.text())
                .contains("/api/agents/run", "not part of this build")
                .doesNotContain("{{")
                .doesNotContain("<style")
                .doesNotContain("style=")
                .doesNotContain("onclick")
                .doesNotContain("https://");
        assertThat(ask("GET /runs/some-run", "Accept: TEXT/*\r\n").text()).isEqualTo(page.text());
        assertProblem(ask("GET /runs/some-run", "Accept: text/html;q=0, application/json\r\n"), 404, "not-found");
        assertThat(ask("GET /runs/some-run", "Accept: text/html\r\n").text()).isEqualTo(page.text());
        assertThat(ask("GET /", "Accept: application/json\r\n").status()).isEqualTo(404);
        for (String file : List.of("/runstream.css", "/runstream.js", "/runstream.svg")) {
            assertThat(page.text()).contains(file);
            RawHttp.Answer part = ask("GET " + file, "");
            assertThat(part.status()).isEqualTo(200);
            assertThat(part.header("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void servesOtherRequestsWhenTheStreamsAreFull() {
        server.close();
        try (ApiServer full = new ApiServer.Setup().maxStreams(2).start()) {
            full.startExternal("a");
            String request = "GET /api/agents/stream/a" + HOST + "\r\n";
            try (RawHttp first = new RawHttp(full.port());
                    RawHttp second = new RawHttp(full.port())) {
                for (RawHttp reader : List.of(first, second)) {
                    reader.send(request);
                    reader.head();
                    reader.chunk();
                }
                RawHttp.Answer busy = full.get("/api/agents/stream/a");
                assertThat(busy.status()).isEqualTo(200);
                assertThat(busy.text()).contains("\"closing\":\"busy\"");
                for (int i = 0; i < 50; i++) {
                    assertThat(full.publish("a", "{\"type\":\"delta\",\"data\":1}")
                                    .status())
                            .isEqualTo(200);
                }
                assertThat(full.cancel("a").status()).isEqualTo(204);
            }
        }
    }
}
