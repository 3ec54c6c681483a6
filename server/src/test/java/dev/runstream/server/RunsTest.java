package dev.runstream.server;

import static dev.runstream.server.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The runs: one, its result, all of them, and the cancel. */
class RunsTest {
    private final ApiServer server =
            new ApiServer.Setup().agent("easy", ApiServer.InputCheck.NONE).start();

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode json(RawHttp.Answer answer) {
        return StartTest.json(answer);
    }

    private List<String> ids(JsonNode listing) {
        List<String> ids = new ArrayList<>();
        listing.get("runs").forEach(run -> ids.add(run.get("runId").asText()));
        return ids;
    }

    @Test
    void listsTheLatestCreatedFirstAndPageByPage() {
        for (int i = 0; i < 7; i++) {
            server.startExternal("r" + i);
        }
        List<String> whole = ids(json(server.get("/api/agents/runs")));
        assertThat(whole).hasSize(7).contains("r0", "r6");
        List<Long> created = new ArrayList<>();
        for (String runId : whole) {
            created.add(Long.parseLong(json(server.get("/api/agents/run/" + runId))
                    .get("firstEventId")
                    .asText()
                    .replaceAll("-.*", "")));
        }
        assertThat(created).isSortedAccordingTo((a, b) -> Long.compare(b, a));

        List<String> pages = new ArrayList<>();
        String after = "";
        int asked = 0;
        do {
            JsonNode page = json(server.get("/api/agents/runs?limit=3&after=" + after));
            pages.addAll(ids(page));
            JsonNode next = page.get("next");
            after = next.isNull() ? "" : next.asText();
            assertThat(after).matches("[A-Za-z0-9_-]*");
            asked++;
        } while (!after.isEmpty());

        assertThat(pages).isEqualTo(whole);
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void endsTheListingWithNullAlsoOnAFullPage() {
        server.startExternal("a");
        server.startExternal("b");

        assertThat(json(server.get("/api/agents/runs?limit=2")).get("next").isNull())
                .isTrue();
        assertThat(json(server.get("/api/agents/runs?limit=1")).get("next").isTextual())
                .isTrue();
    }

    @Test
    void filtersByStateAndAgent() {
        server.startExternal("ended");
        server.publish("ended", "{\"type\":\"complete\",\"data\":1}");
        server.startExternal("open");
        server.start("{\"agent\":\"easy\",\"runId\":\"waiting\"}");

        assertThat(ids(json(server.get("/api/agents/runs?state=completed")))).containsExactly("ended");
        assertThat(ids(json(server.get("/api/agents/runs?state=queued")))).containsExactly("waiting");
        assertThat(ids(json(server.get("/api/agents/runs?agent=easy")))).containsExactly("waiting");
        assertThat(ids(json(server.get("/api/agents/runs?agent=external&state=running"))))
                .containsExactly("open");
        assertThat(ids(json(server.get("/api/agents/runs?agent=nobody")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state=sleeping",
                "state=RUNNING",
                "limit=0",
                "limit=-1",
                "limit=1001",
                "limit=1e2",
                "limit=99999999999999999999",
                "after=!",
                "after=AAAA",
                "after=MSAvLy8",
                "after=%00"
            })
    void refusesAQueryThatMakesNoSense(String query) {
        JsonNode problem = assertProblem(server.get("/api/agents/runs?" + query), 400, "invalid-request");
        assertThat(problem.get("errors").get(0).get("field").asText()).isEqualTo(query.replaceAll("=.*", ""));
    }

    @Test
    void namesEveryFaultOfAQuery() {
        JsonNode problem =
                assertProblem(server.get("/api/agents/runs?state=x&limit=x&after=x"), 400, "invalid-request");
        assertThat(problem.get("errors")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "?&&&", "?colour=1", "?=", "?limit=", "?limit=5;x=1", "?limit=5&limit=x", "?a=b=c"})
    void takesNoNoticeOfJunkInAQuery(String query) {
        server.startExternal("a");
        assertThat(ids(json(server.get("/api/agents/runs" + query)))).containsExactly("a");
    }

    @Test
    void givesTheResultAsItWasPublished() {
        server.startExternal("a");
        assertThat(assertProblem(server.get("/api/agents/run/a/result"), 409, "run-not-ended")
                        .get("state")
                        .asText())
                .isEqualTo("running");
        server.publish("a", "{\"type\":\"complete\",\"data\":{\"b\": 1.50, \"a\":\"\\u0041\", \"a\":null}}");

        RawHttp.Answer result = server.get("/api/agents/run/a/result");

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.header("Content-Type")).contains("application/json");
        assertThat(result.text()).isEqualTo("{\"b\":1.50,\"a\":\"\\u0041\",\"a\":null}");
    }

    @Test
    void saysWhyARunEndedWithoutAResult() {
        server.startExternal("a");
        server.publish("a", "{\"type\":\"error\",\"data\":{\"message\":\"no\",\"more\":[1.0]}}");

        JsonNode problem = assertProblem(server.get("/api/agents/run/a/result"), 409, "run-ended");

        assertThat(problem.get("state").asText()).isEqualTo("failed");
        assertThat(problem.get("error").toString())
                .isEqualTo("{\"message\":\"no\",\"more\":[1.0],\"code\":\"failed\",\"retriable\":false}");
        JsonNode run = json(server.get("/api/agents/run/a"));
        assertThat(run.get("error")).isEqualTo(problem.get("error"));
        assertThat(run.get("endedAt").isTextual()).isTrue();
    }

    @Test
    void cancelsAQueuedRunAtOnce() {
        server.start("{\"agent\":\"easy\",\"runId\":\"a\"}");

        RawHttp.Answer cancelled = server.cancel("a");

        assertThat(cancelled.status()).isEqualTo(204);
        assertThat(cancelled.header("Run-State")).contains("cancelled");
        JsonNode run = json(server.get("/api/agents/run/a"));
        assertThat(run.get("state").asText()).isEqualTo("cancelled");
        assertThat(run.get("startedAt").isNull()).isTrue();
        assertThat(run.has("error")).isFalse();
        JsonNode problem = assertProblem(server.get("/api/agents/run/a/result"), 409, "run-ended");
        assertThat(problem.get("state").asText()).isEqualTo("cancelled");
        assertThat(problem.get("error").get("code").asText()).isEqualTo("cancelled");
    }

    @Test
    void cancelsARunningRunAsOftenAsItIsAsked() {
        server.startExternal("a");
        for (int i = 0; i < 3; i++) {
            RawHttp.Answer cancelled = server.cancel("a");
            assertThat(cancelled.status()).isEqualTo(204);
            assertThat(cancelled.header("Run-State")).contains("cancelling");
        }
        JsonNode run = json(server.get("/api/agents/run/a"));
        assertThat(run.get("state").asText()).isEqualTo("cancelling");
        assertThat(run.get("cancelRequestedAt").isTextual()).isTrue();
        assertThat(run.get("lastEventId").asText()).endsWith("-2");
    }

    @Test
    void changesNothingWhereTheRunHadEnded() {
        server.startExternal("a");
        server.publish("a", "{\"type\":\"complete\",\"data\":1}");
        JsonNode before = json(server.get("/api/agents/run/a"));

        RawHttp.Answer cancelled = server.cancel("a");

        assertThat(cancelled.status()).isEqualTo(204);
        assertThat(cancelled.header("Run-State")).contains("completed");
        assertThat(json(server.get("/api/agents/run/a"))).isEqualTo(before);
    }

    @Test
    void endsACancelledRunAsCancelledWhateverItsWorkerSays() {
        server.startExternal("fails");
        server.cancel("fails");
        server.publish("fails", "{\"type\":\"error\",\"data\":{\"message\":\"mine\",\"code\":\"other\"}}");
        JsonNode failed = assertProblem(server.get("/api/agents/run/fails/result"), 409, "run-ended");
        assertThat(failed.get("state").asText()).isEqualTo("cancelled");
        assertThat(failed.get("error").get("code").asText()).isEqualTo("cancelled");
        assertThat(failed.get("error").get("message").asText()).isEqualTo("mine");

        server.startExternal("completes");
        server.cancel("completes");
        server.publish("completes", "{\"type\":\"complete\",\"data\":\"kept\"}");
        assertThat(json(server.get("/api/agents/run/completes")).get("state").asText())
                .isEqualTo("cancelled");
        assertThat(server.get("/api/agents/stream/completes").text())
                .contains("event: partial\ndata: \"kept\"\n")
                .contains("\"code\":\"cancelled\"")
                .doesNotContain("event: complete");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody",
                "a%20b",
                "a%2Fb",
                "%00",
                "%ff",
                "..%2f..%2fetc",
                "%2e%2e",
                "caf%C3%A9",
                "a%3Fb",
                "a+b",
                "a%0d%0ab",
                "-1;drop"
            })
    void knowsNoSuchRun(String runId) {
        assertProblem(server.get("/api/agents/run/" + runId), 404, "run-not-found");
        assertProblem(server.get("/api/agents/run/" + runId + "/result"), 404, "run-not-found");
        assertProblem(server.get("/api/agents/stream/" + runId), 404, "run-not-found");
        assertProblem(server.cancel(runId), 404, "run-not-found");
        assertProblem(server.publish(runId, "{\"type\":\"delta\",\"data\":1}"), 404, "run-not-found");
        assertProblem(server.publishLines(runId, "", "{\"type\":\"delta\",\"data\":1}\n"), 404, "run-not-found");
    }

    @Test
    void findsARunByItsEncodedName() {
        server.startExternal("a:b~c");
        assertThat(server.get("/api/agents/run/a%3ab%7Ec").status()).isEqualTo(200);
    }

    @Test
    void takesAnEncodedSlashForNoDivision() {
        server.startExternal("a");
        assertProblem(server.get("/api/agents/run/a%2Fresult"), 404, "run-not-found");
        assertProblem(server.get("/api/agents%2Fruns"), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/agents/run/%", "/api/agents/run/%zz", "/api/agents/runs?limit=%q", "/%1"})
    void refusesBadEscapes(String path) {
        assertProblem(server.get(path), 400, "invalid-request");
    }

    @Test
    void saysOfEveryRequestThatTheStoreIsAway() {
        server.startExternal("a");
        server.store().away(true);

        for (String path : List.of("/runs", "/run/a", "/run/a?include=input", "/run/a/result")) {
            assertProblem(server.get("/api/agents" + path), 503, "store-unavailable");
        }
        assertProblem(server.cancel("a"), 503, "store-unavailable");

        server.store().away(false);

        assertThat(server.cancel("a").status()).isEqualTo(204);
    }
}
