package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is served: the rules of {@code Host} and {@code Origin}, and CORS. */
class RulesTest {
    private static final String ALLOWED = "https://app.example";

    private ApiServer server = new ApiServer.Setup().origins(ALLOWED).start();

    @BeforeEach
    void start() {
        server.startExternal("a");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(ApiServer.Setup setup) {
        server.close();
        server = setup.start();
        server.startExternal("a");
    }

    private RawHttp.Answer raw(String request) {
        try (RawHttp http = new RawHttp(server.port())) {
            http.send(request);
            return http.answer(false);
        }
    }

    private RawHttp.Answer withHost(String host) {
        return raw("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    private RawHttp.Answer withOrigin(String methodAndPath, String origin) {
        return RawHttp.ask(server.port(), methodAndPath, "Origin: " + origin + "\r\n", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost",
                "localhost.",
                "localhost:8080",
                "localhost:",
                "localhost.:1",
                "app.localhost",
                "a.b-c.localhost:65535",
                "127.0.0.1",
                "127.0.0.1:8080",
                "127.1.2.3",
                "127.0.0.1.",
                "[::1]",
                "[::1]:8080",
                "[0:0:0:0:0:0:0:1]",
                "[0000:0000:0000:0000:0000:0000:0000:0001]:80",
                "[::ffff:127.0.0.1]"
            })
    void servesEveryNameOfLoopback(String host) {
        assertThat(withHost(host).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evillocalhost",
                ".localhost",
                "localhost..",
                "0.0.0.0",
                "10.0.0.1",
                "128.0.0.1",
                "[::2]",
                "[::1",
                "::1",
                "[::1].",
                "localhost:port",
                "localhost:123456",
                "localhost/x",
                "user@localhost",
                "localhost localhost",
                "localhost, evil.example",
                ""
            })
    void refusesEveryOtherHost(String host) {
        assertProblem(withHost(host), 403, "forbidden-host");
    }

    @Test
    void refusesAHostOfThousandsOfLabels() {
        assertProblem(withHost("a.".repeat(7_000) + "localhost"), 403, "forbidden-host");
    }

    @Test
    void servesWithoutAHost() {
        assertThat(raw("GET /healthz HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        assertThat(raw("GET /healthz HTTP/1.1\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void refusesTwoHosts() {
        assertProblem(
                raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"), 400, "invalid-request");
        assertProblem(
                raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), 400, "invalid-request");
    }

    @Test
    void goesByTheHostInTheAddressWhereThereIsOne() {
        assertThat(raw("GET http://localhost:8080/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(raw("GET http://127.0.0.1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n")
                        .text())
                .contains("<title>Runstream</title>");
        assertProblem(
                raw("GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), 403, "forbidden-host");
        assertProblem(
                raw("GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 403, "forbidden-host");
    }

    @Test
    void refusesTheHostOnStreamsAndChangesToo() {
        String host = " HTTP/1.1\r\nHost: evil.example\r\n\r\n";
        for (String request : List.of("GET /api/agents/stream/a", "DELETE /api/agents/run/a", "OPTIONS /api/agents")) {
            assertProblem(raw(request + host), 403, "forbidden-host");
        }
        assertThat(server.get("/api/agents/run/a").text()).contains("\"state\":\"running\"");
    }

    @Test
    void servesAnyHostWhenToldTo() {
        restart(new ApiServer.Setup().insecure());
        assertThat(withHost("evil.example").status()).isEqualTo(200);
        assertThat(withHost("").status()).isEqualTo(200);
        assertProblem(withOrigin("DELETE /api/agents/run/a", "http://evil.example"), 403, "forbidden-origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "https://app.example.evil",
                "http://app.example",
                "https://localhost",
                "http://localhost:1",
                "*"
            })
    void refusesChangesByPagesOfOtherOrigins(String origin) {
        assertProblem(withOrigin("DELETE /api/agents/run/a", origin), 403, "forbidden-origin");
        assertProblem(withOrigin("POST /api/agents/run", origin), 403, "forbidden-origin");
        assertProblem(withOrigin("POST /api/agents/run/a/events", origin), 403, "forbidden-origin");
        assertThat(withOrigin("GET /api/agents/run/a", origin).text()).contains("\"state\":\"running\"");
    }

    @Test
    void letsItsOwnPagesAndAllowedOnesChange() {
        assertThat(withOrigin("DELETE /api/agents/run/a", ALLOWED).status()).isEqualTo(204);
        assertThat(withOrigin("DELETE /api/agents/run/a", "http://localhost").status())
                .isEqualTo(204);
        String host = "127.0.0.1:8080";
        assertThat(raw("DELETE /api/agents/run/a HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host + "\r\n\r\n")
                        .header("Run-State"))
                .contains("cancelling");
    }

    @Test
    void refusesTwoOrigins() {
        assertProblem(
                RawHttp.ask(
                        server.port(),
                        "DELETE /api/agents/run/a",
                        "Origin: " + ALLOWED + "\r\nOrigin: http://evil.example\r\n",
                        ""),
                403,
                "forbidden-origin");
    }

    private static void assertExposed(RawHttp.Answer answer) {
        assertThat(answer.header("Access-Control-Allow-Origin"))
                .as(answer.head())
                .contains(ALLOWED);
        assertThat(answer.header("Access-Control-Expose-Headers")).contains("Retry-After, Location, Run-State");
        assertThat(answer.header("Vary")).contains("Origin");
    }

    @Test
    void putsCorsHeadersOnEveryAnswer() {
        server.startExternal("ended");
        String last = server.publish("ended", "{\"type\":\"complete\",\"data\":1}")
                .text()
                .replaceAll(".*\"lastEventId\":\"([^\"]*)\".*", "$1");
        assertExposed(withOrigin("GET /api/agents", ALLOWED));
        assertExposed(withOrigin("GET /healthz", ALLOWED));
        assertExposed(withOrigin("GET /metrics", ALLOWED));
        assertExposed(withOrigin("GET /api/agents/stream/ended", ALLOWED));
        assertExposed(withOrigin("HEAD /api/agents/stream/ended", ALLOWED));
        RawHttp.Answer none = withOrigin("GET /api/agents/stream/ended?lastEventId=" + last, ALLOWED);
        assertThat(none.status()).isEqualTo(204);
        assertExposed(none);
        assertExposed(withOrigin("GET /api/agents/stream/ended?lastEventId=-1", ALLOWED));
        assertExposed(withOrigin("GET /api/agents/stream/nobody", ALLOWED));
        assertExposed(withOrigin("GET /nothing", ALLOWED));
        assertExposed(withOrigin("PUT /api/agents", ALLOWED));
        assertExposed(withOrigin("POST /api/agents/run", ALLOWED));
        assertExposed(withOrigin("DELETE /api/agents/run/a", ALLOWED));
        assertExposed(withOrigin("OPTIONS /api/agents", ALLOWED));
        assertExposed(raw("GET /% HTTP/1.1\r\nHost: localhost\r\nOrigin: " + ALLOWED + "\r\n\r\n"));
        assertExposed(raw("GET / HTTP/1.1\r\nHost: evil.example\r\nOrigin: " + ALLOWED + "\r\n\r\n"));
        server.store().away(true);
        assertExposed(withOrigin("GET /api/agents/runs", ALLOWED));
        assertExposed(withOrigin("GET /api/agents/stream/a", ALLOWED));
    }

    @Test
    void variesByOriginAlsoForOtherOrigins() {
        for (String origin : List.of("", "Origin: http://evil.example\r\n")) {
            RawHttp.Answer answer = RawHttp.ask(server.port(), "GET /api/agents", origin, "");
            assertThat(answer.header("Vary")).contains("Origin");
            assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
        }
    }

    private RawHttp.Answer preflight(String path, String origin) {
        return RawHttp.ask(
                server.port(),
                "OPTIONS " + path,
                "Origin: " + origin + "\r\nAccess-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Headers: content-type\r\n",
                "");
    }

    @Test
    void answersPreflights() {
        for (String path : List.of("/api/agents/run", "/api/agents/run/a", "/api/agents/stream/a")) {
            RawHttp.Answer answer = preflight(path, ALLOWED);
            assertThat(answer.status()).isEqualTo(204);
            assertExposed(answer);
            assertThat(answer.header("Access-Control-Allow-Methods").orElse("").split(", "))
                    .contains("GET", "POST", "DELETE");
            assertThat(answer.header("Access-Control-Allow-Headers").orElse("").split(", "))
                    .containsExactly(
                            "Last-Event-ID",
                            "Authorization",
                            "Content-Type",
                            "Idempotency-Key",
                            "Producer-Id",
                            "Producer-Epoch",
                            "Producer-Seq");
        }
    }

    @Test
    void allowsNothingInAPreflightOfAnotherOrigin() {
        RawHttp.Answer answer = preflight("/api/agents/run", "http://evil.example");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.head()).doesNotContain("Access-Control-Allow");
        assertThat(answer.header("Vary")).contains("Origin");
    }

    @Test
    void allowsNoOriginUnlessTold() {
        restart(new ApiServer.Setup());
        assertThat(withOrigin("GET /api/agents", ALLOWED).head()).doesNotContain("Access-Control");
        assertProblem(withOrigin("DELETE /api/agents/run/a", ALLOWED), 403, "forbidden-origin");
    }

    @Test
    void allowsAnyOriginWhenToldSo() {
        restart(new ApiServer.Setup().origins("*"));
        RawHttp.Answer answer = withOrigin("DELETE /api/agents/run/a", "http://any.example");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.header("Vary")).contains("Origin");
    }
}
