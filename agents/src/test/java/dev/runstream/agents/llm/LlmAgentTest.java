package dev.runstream.agents.llm;

import static dev.runstream.agents.llm.ScriptedEndpoint.content;
import static dev.runstream.agents.llm.ScriptedEndpoint.events;
import static dev.runstream.agents.llm.ScriptedEndpoint.finish;
import static dev.runstream.agents.llm.ScriptedEndpoint.refusal;
import static dev.runstream.agents.llm.ScriptedEndpoint.text;
import static dev.runstream.agents.llm.ScriptedEndpoint.write;
import static dev.runstream.core.execution.AgentsAtWork.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.execution.AgentsAtWork;
import dev.runstream.core.execution.JacksonCodec;
import dev.runstream.core.execution.JsonInput;
import dev.runstream.core.execution.ManualTime;
import dev.runstream.core.json.JsonBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent in a real runner against a real endpoint. */
class LlmAgentTest {
    private static final String KEY = "sk-test-0123456789";
    private static final String INPUT = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0.50}";

    /** The store's. */
    private final ManualTime time = new ManualTime();
    /** The agent's own. */
    private final ManualTime agentTime = new ManualTime();

    private LlmAgent agent(URI baseUrl) {
        LlmSettings settings = new LlmSettings(baseUrl, Optional.of("m-1"), Optional.of(KEY));
        return new LlmAgent(Optional.of(settings), agentTime, agentTime, new Random(1));
    }

    /** All events but the first two, which the server writes. */
    private List<String> eventsFrom(ScriptedEndpoint endpoint) {
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            List<String> events = at.eventsOf(at.start("llm", INPUT));
            return events.subList(2, events.size());
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    private String endFrom(ScriptedEndpoint endpoint) {
        return eventsFrom(endpoint).getLast();
    }

    private static String complete(String text) {
        return "complete {\"text\":\"" + text
                + "\",\"toolCalls\":[],\"finishReason\":\"stop\",\"usage\":null,\"model\":\"m-1\"}";
    }

    @Test
    void isTriedOnceSinceEachAnswerCostsMoney() {
        assertThat(agent(URI.create("http://127.0.0.1:1")).attempts()).isEqualTo(1);
    }

    @Test
    void streamsTokensAndCompletesWithTheWholeAnswer() throws IOException {
        assertThat(eventsFrom(new ScriptedEndpoint(events(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                        content("Hel"),
                        content("lo"),
                        finish("stop"),
                        "{\"model\":\"m-1\",\"choices\":[],\"usage\":{\"total_tokens\":7}}",
                        "[DONE]"))))
                .containsExactly(
                        "delta {\"text\":\"Hel\"}",
                        "delta {\"text\":\"lo\"}",
                        "complete {\"text\":\"Hello\",\"toolCalls\":[],\"finishReason\":\"stop\","
                                + "\"usage\":{\"total_tokens\":7},\"model\":\"m-1\"}");
    }

    @Test
    void sendsTheCallersParametersWithTheConfiguredModelAndKey() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(events(finish("stop"), "[DONE]"));
        eventsFrom(endpoint);
        assertThat(endpoint.requests).hasSize(1);
        assertThat(endpoint.requests.getFirst())
                .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
                .contains("\r\nAuthorization: Bearer " + KEY + "\r\n")
                .endsWith("\r\n\r\n{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0.50,"
                        + "\"stream\":true,\"model\":\"m-1\",\"stream_options\":{\"include_usage\":true}}");
    }

    @Test
    void keepsTheQueryOfItsBaseUrlAtTheEnd() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(events(finish("stop"), "[DONE]"));
                AgentsAtWork at =
                        new AgentsAtWork(time, agent(URI.create(endpoint.baseUrl() + "?api-version=2&a=%20b")))) {
            at.eventsOf(at.start("llm", INPUT));
            assertThat(endpoint.requests.getFirst())
                    .startsWith("POST /v1/chat/completions?api-version=2&a=%20b HTTP/1.1\r\n");
        }
    }

    @Test
    void asksAgainWithoutUsageWhereTheEndpointKnowsNoStreamOptions() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(
                refusal(400, "", "{\"error\":{\"message\":\"unknown field stream_options\"}}"),
                events(content("a"), finish("stop"), "[DONE]"));
        assertThat(endFrom(endpoint)).isEqualTo(complete("a"));
        assertThat(endpoint.requests.getLast()).doesNotContain("stream_options");
    }

    @Test
    void passesToolCallsAndReasoningOnAndPutsThemTogether() throws IOException {
        assertThat(eventsFrom(new ScriptedEndpoint(events(
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1\"}}]}}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\","
                                + "\"function\":{\"arguments\":\"1\"}}]}}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,"
                                + "\"function\":{\"arguments\":\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
                        "[DONE]"))))
                .containsExactly(
                        "delta {\"reasoning\":\"hm\"}",
                        "delta {\"toolCalls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1\"}}]}",
                        "delta {\"toolCalls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"arguments\":\"1\"}}]}",
                        "delta {\"toolCalls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}",
                        "complete {\"text\":\"\",\"reasoning\":\"hm\",\"toolCalls\":[{\"id\":\"c1\",\"type\":\"function\","
                                + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":11}\"}}],"
                                + "\"finishReason\":\"tool_calls\",\"usage\":null,\"model\":null}");
    }

    @Test
    void readsCharactersThatAreCutBetweenPackets() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(socket -> {
                    String answer = ScriptedEndpoint.STREAM + "data: " + content("zażółć 🦊") + "\r\n\r\ndata: "
                            + finish("stop") + "\r\n\r\ndata: [DONE]\r\n\r\n";
                    for (byte b : answer.getBytes(StandardCharsets.UTF_8)) {
                        socket.getOutputStream().write(b);
                        socket.getOutputStream().flush();
                    }
                })))
                .isEqualTo(complete("zażółć 🦊"));
    }

    @Test
    void leavesThePartialTextNowAndThen() throws IOException {
        CountDownLatch secondHasPassed = new CountDownLatch(1);
        CountDownLatch partialHasCome = new CountDownLatch(1);
        ScriptedEndpoint endpoint = new ScriptedEndpoint(socket -> {
            write(socket, ScriptedEndpoint.STREAM + "data: " + content("a") + "\n\n");
            secondHasPassed.await();
            write(socket, "data: " + content("b") + "\n\n");
            partialHasCome.await();
            write(socket, "data: " + content("c") + "\n\ndata: " + finish("stop") + "\n\ndata: [DONE]\n\n");
        });
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            String runId = at.start("llm", INPUT);
            at.awaitEvent(runId, "delta {\"text\":\"a\"}");
            agentTime.advance(Duration.ofSeconds(1));
            secondHasPassed.countDown();
            at.awaitEvent(runId, "partial {\"text\":\"a");
            partialHasCome.countDown();
            List<String> events = at.eventsOf(runId);
            assertThat(events).filteredOn(event -> event.startsWith("partial")).hasSize(1);
            assertThat(events.getLast()).isEqualTo(complete("abc"));
        }
    }

    /**
     * How long after a cancel the endpoint sees the connection closed, when it has said this much. No time passes for the
     * runner here, so it is not the interrupt that closes it.
     */
    private Duration closedAfterCancel(String said) throws IOException {
        CompletableFuture<Long> closedNanos = new CompletableFuture<>();
        ScriptedEndpoint endpoint = new ScriptedEndpoint(socket -> {
            write(socket, said);
            try {
                socket.getInputStream().read();
            } finally {
                closedNanos.complete(System.nanoTime());
            }
        });
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            String runId = at.start("llm", INPUT);
            endpoint.awaitRequests(1);
            if (!said.isEmpty()) {
                at.awaitEvent(runId, "so far");
            }
            long cancelledNanos = System.nanoTime();
            await(at.store.requestCancel(runId).toCompletableFuture());
            Duration after = Duration.ofNanos(await(closedNanos) - cancelledNanos);
            List<String> events = at.eventsOf(runId);
            assertThat(events.getLast()).contains("\"code\":\"cancelled\"");
            if (!said.isEmpty()) {
                assertThat(events).contains("partial {\"text\":\"so far\"}");
            }
            return after;
        }
    }

    /** The best of three, since others may want the processor too. */
    private void assertClosedAtOnce(String said) throws IOException {
        Duration best = closedAfterCancel(said);
        for (int i = 0; i < 2 && best.toMillis() >= 100; i++) {
            best = closedAfterCancel(said);
        }
        assertThat(best).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void closesTheConnectionAtOnceWhenTheRunIsCancelledAndKeepsTheText() throws IOException {
        assertClosedAtOnce(ScriptedEndpoint.STREAM + "data: " + content("so far") + "\n\n");
    }

    @Test
    void closesTheConnectionAtOnceWhenTheRunIsCancelledBeforeTheHead() throws IOException {
        assertClosedAtOnce("");
    }

    @Test
    void triesAgainBeforeTheFirstTokenWhileTheEndpointIsBusy() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(
                refusal(429, "", "{}"), refusal(503, "", "{}"), events(content("a"), finish("stop"), "[DONE]"));
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            String runId = at.start("llm", INPUT);
            passPause(endpoint, 1);
            passPause(endpoint, 2);
            assertThat(at.endOf(runId)).isEqualTo(complete("a"));
            assertThat(endpoint.requests).hasSize(3);
        }
    }

    /** Waits for so many requests and for the pause after the last, and lets it pass. */
    private void passPause(ScriptedEndpoint endpoint, int requests) {
        endpoint.awaitRequests(requests);
        // the watch over the silence, and the pause
        agentTime.awaitTasks(2);
        agentTime.runNext();
    }

    @Test
    void givesUpAfterFourRetriesWithTheEndpointsWordsButWithoutTheKey() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(
                refusal(500, "", "{\"error\":{\"message\":\"no GPU for " + KEY + " at http://u:p@inside/\"}}"));
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            String runId = at.start("llm", INPUT);
            for (int requests = 1; requests <= 4; requests++) {
                passPause(endpoint, requests);
            }
            assertThat(at.endOf(runId))
                    .isEqualTo(
                            "error {\"message\":\"the model's endpoint failed (500): no GPU for … at http://…@inside/\","
                                    + "\"code\":\"upstream-unavailable\",\"retriable\":true}");
            assertThat(endpoint.requests).hasSize(5);
        }
    }

    @Test
    void triesAgainWhereNobodyListens() throws IOException {
        URI nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + taken.getLocalPort());
        }
        try (AgentsAtWork at = new AgentsAtWork(time, agent(nobody))) {
            String runId = at.start("llm", INPUT);
            for (int i = 0; i < 4; i++) {
                agentTime.awaitTasks(2);
                agentTime.runNext();
            }
            assertThat(at.endOf(runId))
                    .contains("\"code\":\"upstream-unavailable\"")
                    .contains("cannot be reached");
        }
    }

    @Test
    void endsAPauseWhenTheRunIsCancelled() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(refusal(429, "Retry-After: 30\r\n", "{}"));
        try (endpoint;
                AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
            String runId = at.start("llm", INPUT);
            agentTime.awaitTasks(2);
            await(at.store.requestCancel(runId).toCompletableFuture());
            assertThat(at.endOf(runId)).contains("\"code\":\"cancelled\"");
        }
    }

    @Test
    void doesNotTryAgainWhatTheEndpointRefuses() throws IOException {
        ScriptedEndpoint endpoint =
                new ScriptedEndpoint(refusal(404, "", "{\"error\":{\"message\":\"no model m-1\"}}"));
        assertThat(endFrom(endpoint))
                .isEqualTo("error {\"message\":\"the model's endpoint refused the request (404): no model m-1\","
                        + "\"code\":\"upstream-refused\",\"retriable\":false}");
        assertThat(endpoint.requests).hasSize(1);
    }

    @Test
    void saysNothingOfTheKeyThatTheEndpointRefuses() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(
                        refusal(401, "", "{\"error\":{\"message\":\"Incorrect API key: sk-te…\"}}"))))
                .contains("RUNSTREAM_LLM_API_KEY")
                .doesNotContain("sk-te");
    }

    @Test
    void followsNoRedirect() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(
                        refusal(302, "Location: http://127.0.0.1:9/v1/chat/completions\r\n", "{}"))))
                .contains("\"code\":\"upstream-refused\"")
                .contains("302");
    }

    @Test
    void failsWhenTheEndpointDiesInTheMiddleOfTheAnswer() throws IOException {
        List<String> events =
                eventsFrom(new ScriptedEndpoint(text("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        + "Content-Length: 9999\r\n\r\ndata: " + content("a") + "\n\n")));
        assertThat(events).contains("delta {\"text\":\"a\"}");
        assertThat(events.getLast()).contains("\"code\":\"upstream-broken\"");
    }

    @Test
    void failsWhenTheStreamEndsWithoutAReason() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(events(content("a"))))).contains("\"code\":\"upstream-broken\"");
        assertThat(endFrom(new ScriptedEndpoint(events()))).contains("\"code\":\"upstream-broken\"");
    }

    @Test
    void takesAnEmptyReasonForNone() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(
                        events("{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}"))))
                .contains("\"code\":\"upstream-broken\"");
    }

    @Test
    void completesWithoutTheLastMarkWhereTheReasonHasCome() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(events(content("a"), finish("stop")))))
                .isEqualTo(complete("a"));
    }

    @Test
    void doesNotTryAgainAfterTheFirstToken() throws IOException {
        ScriptedEndpoint endpoint = new ScriptedEndpoint(events(content("a")), events(content("b")));
        eventsFrom(endpoint);
        assertThat(endpoint.requests).hasSize(1);
    }

    @Test
    void failsOnAnErrorInTheStream() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(
                        events(content("a"), "{\"error\":{\"message\":\"out of memory\",\"code\":500}}"))))
                .isEqualTo("error {\"message\":\"the model's endpoint reported an error: out of memory\","
                        + "\"code\":\"upstream-error\",\"retriable\":true}");
    }

    @Test
    void failsOnWhatIsNoChunkAndOnWhatIsNoStream() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(events("hello")))).contains("\"code\":\"upstream-invalid\"");
        assertThat(endFrom(new ScriptedEndpoint(refusal(200, "", "{}"))))
                .contains("\"code\":\"upstream-invalid\"")
                .contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'choices':'x'}",
                "{'choices':{}}",
                "{'choices':[null]}",
                "{'choices':['x']}",
                "{'choices':[{'delta':'x'}]}",
                "{'choices':[{'delta':{'content':5}}]}",
                "{'choices':[{'delta':{'content':[{'type':'text','text':'a'}]}}]}",
                "{'choices':[{'delta':{'reasoning_content':{}}}]}",
                "{'choices':[{'delta':{'reasoning':1}}]}",
                "{'choices':[{'delta':{'refusal':true}}]}",
                "{'choices':[{'delta':{'tool_calls':{}}}]}",
                "{'choices':[{'delta':{'tool_calls':[3]}}]}",
                "{'choices':[{'delta':{'tool_calls':[{'index':'a'}]}}]}",
                "{'choices':[{'delta':{'tool_calls':[{'index':0,'function':'f'}]}}]}",
                "{'choices':[{'delta':{'tool_calls':[{'index':0,'function':{'arguments':{'a':1}}}]}}]}",
                "{'choices':[{'delta':{},'finish_reason':1}]}",
                "{'choices':[{'message':{'role':'assistant','content':'a'}}]}",
                "{'choices':[{'message':{'role':'assistant','content':'a'},'delta':null}]}",
                "{'choices':[{'text':'a'}]}",
            })
    void failsOnAChunkOfAnotherFormRatherThanPassOverIt(String chunk) throws IOException {
        List<String> events = eventsFrom(
                new ScriptedEndpoint(events(content("a"), chunk.replace('\'', '"'), finish("stop"), "[DONE]")));
        assertThat(events)
                .containsExactly(
                        "delta {\"text\":\"a\"}",
                        "error {\"message\":\"the model's endpoint sent an event that is not a chunk of an answer\","
                                + "\"code\":\"upstream-invalid\",\"retriable\":false}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'choices':null,'usage':null}",
                "{'choices':[],'prompt_filter_results':[{'prompt_index':0}]}",
                "{'error':null,'choices':[],'x_groq':{'id':'r'}}",
                "{'choices':[{'index':0,'delta':{'role':'assistant'},'logprobs':null,'finish_reason':null}]}",
                "{'choices':[{'index':0,'content_filter_results':{},'finish_reason':null}]}",
                "{'choices':[{'delta':null}]}",
                "{'choices':[{'delta':{'content':null,'refusal':null,'reasoning':null,'reasoning_content':null,"
                        + "'tool_calls':null,'function_call':null,'audio':5}}]}",
                "{'choices':[{'delta':{'tool_calls':[]},'message':null,'text':null}]}",
                "{'choices':[{'delta':{'content':''},'message':{'role':'assistant','content':'all so far'}}]}",
            })
    void takesNoNoticeOfWhatAChunkLeavesOutOrHasBesides(String chunk) throws IOException {
        assertThat(eventsFrom(
                        new ScriptedEndpoint(events(content("a"), chunk.replace('\'', '"'), finish("stop"), "[DONE]"))))
                .containsExactly("delta {\"text\":\"a\"}", complete("a"));
    }

    @Test
    void takesAFragmentOfAToolCallWithWhateverItLeavesOut() throws IOException {
        assertThat(endFrom(new ScriptedEndpoint(events(
                        "{\"choices\":[{\"delta\":{\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"function\":"
                                + "{\"name\":\"f\",\"arguments\":null}}]}}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":null,\"type\":null,\"function\":"
                                + "{\"arguments\":\"{}\"}},{\"index\":1,\"function\":null}]}}]}",
                        finish("tool_calls"),
                        "[DONE]"))))
                .startsWith("complete {\"text\":\"\",\"toolCalls\":[{\"id\":\"c1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},");
    }

    @Test
    void failsWhenTheEndpointFallsSilentBeforeOrInTheAnswer() throws IOException {
        for (String said : List.of("", ScriptedEndpoint.STREAM + "data: " + content("a") + "\n\n")) {
            CountDownLatch asked = new CountDownLatch(1);
            ScriptedEndpoint endpoint = new ScriptedEndpoint(socket -> {
                write(socket, said);
                asked.countDown();
                socket.getInputStream().read();
            });
            try (endpoint;
                    AgentsAtWork at = new AgentsAtWork(time, agent(endpoint.baseUrl()))) {
                String runId = at.start("llm", INPUT);
                endpoint.awaitRequests(1);
                if (said.isEmpty()) {
                    agentTime.awaitTasks(1);
                } else {
                    at.awaitEvent(runId, "delta");
                }
                agentTime.advance(Duration.ofSeconds(60));
                assertThat(at.endOf(runId))
                        .contains("\"code\":\"upstream-silent\"")
                        .contains("60.0 s");
            }
        }
    }

    @Test
    void streamsAnAnswerThatIsTooLongForOneEventAndEndsInAnErrorThatSaysSo() throws IOException {
        String part = "x".repeat(AgentsAtWork.MAX_EVENT_BYTES / 2);
        List<String> events =
                eventsFrom(new ScriptedEndpoint(events(content(part), content(part), finish("stop"), "[DONE]")));
        assertThat(events)
                .hasSize(3)
                .startsWith("delta {\"text\":\"" + part + "\"}", "delta {\"text\":\"" + part + "\"}");
        assertThat(events.getLast())
                .startsWith("error {\"message\":\"the data of \\\"complete\\\" has ")
                .endsWith("an event may have 4096\",\"code\":\"event-too-large\",\"retriable\":false}");
    }

    @Test
    void refusesWhatACallerMayNotChooseAndNamesEachField() {
        LlmAgent agent = agent(URI.create("http://127.0.0.1:1"));
        assertThat(faults(
                        agent,
                        "{\"messages\":[{\"content\":1},2],\"model\":\"other\",\"stream\":false,\"n\":2,"
                                + "\"api_base\":\"http://evil\",\"headers\":{}}"))
                .containsExactly("messages.0.role", "messages.1", "model", "stream", "n", "api_base", "headers");
        assertThat(faults(agent, "{}")).containsExactly("messages");
        assertThat(faults(agent, "[]")).containsExactly("");
        assertThat(faults(agent, "{\"messages\":[]}")).containsExactly("messages");
        assertThat(faults(agent, INPUT)).isEmpty();
        assertThat(faults(agent, INPUT.replace("{\"messages", "{\"model\":\"m-1\",\"stream\":true,\"messages")))
                .isEmpty();
    }

    @Test
    void takesTheModelFromTheInputWhereNoneIsConfigured() {
        LlmSettings settings = new LlmSettings(URI.create("http://127.0.0.1:1"), Optional.empty(), Optional.empty());
        LlmAgent agent = new LlmAgent(Optional.of(settings), agentTime, agentTime, new Random(1));
        assertThat(faults(agent, INPUT)).containsExactly("model");
        assertThat(faults(agent, INPUT.replace("{\"messages", "{\"model\":\"any\",\"messages")))
                .isEmpty();
    }

    @Test
    void refusesEveryInputWhereThereIsNoEndpointAndNamesTheFlags() {
        LlmAgent agent = new LlmAgent(Optional.empty(), agentTime, agentTime, new Random(1));
        assertThatThrownBy(() -> agent.check(input(INPUT)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--llm-base-url")
                .hasMessageContaining("--llm-model")
                .hasMessageContaining("RUNSTREAM_LLM_API_KEY");
    }

    private static JsonInput input(String json) {
        return new JsonInput(JsonBytes.trusted(json.getBytes(StandardCharsets.UTF_8)), new JacksonCodec());
    }

    private static List<String> faults(LlmAgent agent, String json) {
        try {
            agent.check(input(json));
            return List.of();
        } catch (InvalidInputException refused) {
            return refused.faults().stream()
                    .map(InvalidInputException.FieldFault::field)
                    .toList();
        }
    }
}
