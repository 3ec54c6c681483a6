package dev.runstream.core.execution;

import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RawJson;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunFailedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How an agent that nobody disturbs writes its events, and how its run ends. */
class AgentEndsTest {
    private final ManualTime time = new ManualTime();

    private List<String> eventsOf(TestAgent.Work work) {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", work))) {
            return at.eventsOf(at.start("a", "{\"n\":3}"));
        }
    }

    private String endOf(TestAgent.Work work) {
        return eventsOf(work).getLast();
    }

    @Test
    void writesEventsInTheOrderOfTheCalls() {
        List<String> events = eventsOf(run -> {
            run.status("begins");
            run.delta(Map.of("text", "a"));
            run.partial(List.of(1, 2));
            run.delta(null);
            run.complete("done");
        });

        assertThat(events.subList(2, events.size()))
                .containsExactly(
                        "status {\"message\":\"begins\",\"state\":\"running\"}",
                        "delta {\"text\":\"a\"}",
                        "partial [1,2]",
                        "delta null",
                        "complete \"done\"");
    }

    @Test
    void passesRawJsonTokenForTokenWithoutWhitespace() {
        assertThat(endOf(run -> run.complete(new RawJson("{ \"a\" : 1.50, \"a\":\"\\u0041\" }"))))
                .isEqualTo("complete {\"a\":1.50,\"a\":\"\\u0041\"}");
    }

    @Test
    void refusesRawTextThatIsNotJsonAndLetsTheAgentGoOn() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        String end = endOf(run -> {
            thrown.complete(catchThrowable(() -> run.complete(new RawJson("{]"))));
            run.complete(1);
        });
        assertThat(AgentsAtWork.await(thrown)).isInstanceOf(IllegalArgumentException.class);
        assertThat(end).isEqualTo("complete 1");
    }

    @Test
    void givesTheInputAndTheAttempt() {
        String end = endOf(run ->
                run.complete(List.of(run.inputJson(), run.input(Map.class).get("n"), run.attempt(), run.runId())));
        assertThat(end).isEqualTo("complete [\"{\\\"n\\\":3}\",3,1,\"run-1\"]");
    }

    @Test
    void completesWithNullWhereTheAgentJustReturns() {
        assertThat(endOf(run -> {})).isEqualTo("complete null");
    }

    @Test
    void showsNothingOfTheInsideWhenAnAgentFails() {
        assertThat(endOf(run -> {
                    throw new IllegalStateException("jdbc:secret");
                }))
                .isEqualTo("error {\"message\":\"the agent failed; the server's log says why\","
                        + "\"code\":\"agent-failed\",\"retriable\":false}");
    }

    @Test
    void outlivesErrorsOfTheMachine() {
        for (Error error : List.of(new StackOverflowError(), new OutOfMemoryError(), new NoClassDefFoundError("x"))) {
            assertThat(endOf(run -> {
                        throw error;
                    }))
                    .contains("\"code\":\"agent-failed\"");
        }
    }

    @Test
    void showsTheFailureThatAnAgentMeansToShow() {
        assertThat(endOf(run -> {
                    throw new RunFailedException("upstream-unavailable", "nobody there", true);
                }))
                .isEqualTo("error {\"message\":\"nobody there\",\"code\":\"upstream-unavailable\",\"retriable\":true}");
    }

    @Test
    void doesNotLetAnAgentUseTheServersCodes() {
        for (String code : List.of("worker-lost", "cancelled", "")) {
            assertThat(endOf(run -> {
                        throw new RunFailedException(code, "m", false);
                    }))
                    .isEqualTo("error {\"message\":\"m\",\"code\":\"agent-failed\",\"retriable\":false}");
        }
    }

    @Test
    void namesTheFieldsOfAnInputThatDoesNotFit() {
        assertThat(endOf(run -> {
                    throw new InvalidInputException("n", "must be less than 3");
                }))
                .isEqualTo(
                        "error {\"message\":\"n: must be less than 3\",\"code\":\"invalid-input\",\"retriable\":false}");
    }

    @Test
    void refusesASecondComplete() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        String end = endOf(run -> {
            run.complete(1);
            thrown.complete(catchThrowable(() -> run.complete(2)));
        });
        assertThat(end).isEqualTo("complete 1");
        assertThat(AgentsAtWork.await(thrown)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesEveryEventAfterTheEndAndSaysThatThereIsNothingToDo() {
        CompletableFuture<List<Throwable>> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        List<String> events = eventsOf(run -> {
            run.complete(1);
            thrown.complete(List.of(
                    catchThrowable(() -> run.delta(2)),
                    catchThrowable(() -> run.partial(2)),
                    catchThrowable(() -> run.status("x")),
                    catchThrowable(() -> run.progress(1, 2)),
                    catchThrowable(run::checkCancelled)));
            cancelled.complete(run.isCancelled());
        });
        assertThat(AgentsAtWork.await(thrown)).hasSize(5).allMatch(RunCancelledException.class::isInstance);
        assertThat(AgentsAtWork.await(cancelled)).isTrue();
        assertThat(events.getLast()).isEqualTo("complete 1");
    }

    @Test
    void callsNoCancelActionAfterTheAgentsOwnEnd() {
        CompletableFuture<String> called = new CompletableFuture<>();
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            run.onCancel(() -> called.complete("by cancel"));
            run.complete(1);
            called.complete("by nobody");
        }))) {
            at.endOf(at.start("a", "{}"));
            assertThat(AgentsAtWork.await(called)).isEqualTo("by nobody");
        }
    }

    @Test
    void endsInAnErrorThatNamesBothSizesWhereTheResultIsTooLarge() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        String large = "x".repeat(AgentsAtWork.MAX_EVENT_BYTES);
        assertThat(endOf(run -> thrown.complete(catchThrowable(() -> run.complete(large)))))
                .isEqualTo("error {\"message\":\"the data of \\\"complete\\\" has 4098 bytes; an event may have 4096\","
                        + "\"code\":\"event-too-large\",\"retriable\":false}");
        assertThat(AgentsAtWork.await(thrown)).isInstanceOf(RunFailedException.class);
    }

    @Test
    void endsInTheSameErrorWhereTheErrorIsTooLarge() {
        String large = "x".repeat(AgentsAtWork.MAX_EVENT_BYTES);
        assertThat(endOf(run -> {
                    throw new RunFailedException("c", large, false);
                }))
                .contains("\"code\":\"event-too-large\"")
                .contains("4096")
                .contains("\\\"error\\\" has ");
    }

    @Test
    void letsAnAgentGoOnAfterAnIncrementThatIsTooLarge() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        String large = "x".repeat(AgentsAtWork.MAX_EVENT_BYTES);
        List<String> events = eventsOf(run -> {
            thrown.complete(catchThrowable(() -> run.delta(large)));
            run.delta("fits");
        });
        assertThat(AgentsAtWork.await(thrown))
                .isInstanceOf(RunFailedException.class)
                .hasMessageContaining("4098")
                .hasMessageContaining("4096");
        assertThat(events.subList(2, events.size())).containsExactly("delta \"fits\"", "complete null");
    }

    @Test
    void takesAnEventOfExactlyTheLargestSize() {
        String fits = "x".repeat(AgentsAtWork.MAX_EVENT_BYTES - 2);
        assertThat(endOf(run -> run.complete(fits))).isEqualTo("complete \"" + fits + "\"");
    }
}
