package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.agent.RunContext;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The server stops while agents are at work. */
class DrainTest {
    private static final Duration WITHIN = Duration.ofSeconds(8);

    private final ManualTime time = new ManualTime();
    /** The runner's alone, so that the drain's steps can be waited for on it. */
    private final ManualTime steps = new ManualTime();

    private final CompletableFuture<RunContext> entered = new CompletableFuture<>();
    private final CountDownLatch told = new CountDownLatch(1);

    private AgentRunner runner(AgentsAtWork at, TestAgent.Work work) {
        return at.runner(time, steps, 1, RunObserver.NONE, named("a", run -> {
            run.onCancel(told::countDown);
            entered.complete(run);
            work.run(run);
        }));
    }

    private CompletableFuture<Void> drain(AgentRunner runner) {
        await(entered);
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> runner.drain(WITHIN));
        steps.awaitTasks(3);
        return drained;
    }

    private AgentsAtWork at() {
        return new AgentsAtWork(time, time, 1, RunObserver.NONE, store -> store);
    }

    @Test
    void letsAnAgentEndAndBeginsNoOther() {
        CountDownLatch go = new CountDownLatch(1);
        try (AgentsAtWork at = at()) {
            String first = at.create("a", 1, "{}");
            String second = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> go.await());
            runner.offer(first);
            runner.offer(second);
            CompletableFuture<Void> drained = drain(runner);
            assertThat(drained).isNotDone();
            go.countDown();
            await(drained);
            assertThat(at.endOf(first)).isEqualTo("complete null");
            assertThat(at.record(second).state()).isEqualTo(RunState.QUEUED);
        }
    }

    @Test
    void tellsAgentsInTheLastSecondAndKeepsTheirPartial() {
        try (AgentsAtWork at = at()) {
            String runId = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> {
                told.await();
                run.partial("as far as it came");
                run.checkCancelled();
            });
            runner.offer(runId);
            CompletableFuture<Void> drained = drain(runner);
            steps.advance(Duration.ofMillis(6999));
            assertThat(told.getCount()).isOne();
            steps.advance(Duration.ofMillis(1));
            await(drained);
            assertThat(at.eventsSoFar(runId).getLast()).isEqualTo("partial \"as far as it came\"");
            assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
        }
    }

    @Test
    void writesNoEndForAnAgentThatIsInterruptedOrReturns() {
        for (TestAgent.Work afterwards : List.<TestAgent.Work>of(run -> {}, run -> new CountDownLatch(1).await())) {
            DrainTest fresh = new DrainTest();
            try (AgentsAtWork at = fresh.at()) {
                String runId = at.create("a", 1, "{}");
                AgentRunner runner = fresh.runner(at, run -> {
                    fresh.told.await();
                    afterwards.run(run);
                });
                runner.offer(runId);
                CompletableFuture<Void> drained = fresh.drain(runner);
                fresh.steps.advance(Duration.ofMillis(7999));
                await(drained);
                assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
                assertThat(at.eventsSoFar(runId)).hasSize(2);
            }
        }
    }

    @Test
    void keepsAResultThatComesInTheLastSecond() {
        try (AgentsAtWork at = at()) {
            String runId = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> {
                told.await();
                run.complete("just in time");
            });
            runner.offer(runId);
            CompletableFuture<Void> drained = drain(runner);
            steps.advance(Duration.ofSeconds(7));
            await(drained);
            assertThat(at.endOf(runId)).isEqualTo("complete \"just in time\"");
        }
    }

    @Test
    void writesTheErrorOfAnAgentThatFailedBeforeItWasTold() {
        CountDownLatch go = new CountDownLatch(1);
        try (AgentsAtWork at = at()) {
            String runId = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> {
                go.await();
                throw new IllegalStateException("on purpose");
            });
            runner.offer(runId);
            CompletableFuture<Void> drained = drain(runner);
            go.countDown();
            await(drained);
            assertThat(at.endOf(runId)).contains("\"code\":\"agent-failed\"");
        }
    }

    @Test
    void leavesAnAgentBehindThatGoesOnAnyway() {
        CountDownLatch release = new CountDownLatch(1);
        try (AgentsAtWork at = at()) {
            String runId = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> {
                while (release.getCount() > 0) {
                    try {
                        release.await();
                    } catch (InterruptedException ignored) {
                        // That is what makes it stubborn.
                    }
                }
            });
            runner.offer(runId);
            CompletableFuture<Void> drained = drain(runner);
            steps.advance(Duration.ofMillis(7999));
            assertThat(drained).isNotDone();
            steps.advance(Duration.ofMillis(1));
            await(drained);
            assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
            release.countDown();
        }
    }

    @Test
    void endsARunThatIsCancelledDuringTheDrain() {
        try (AgentsAtWork at = at()) {
            String runId = at.create("a", 1, "{}");
            AgentRunner runner = runner(at, run -> {
                told.await();
                run.checkCancelled();
            });
            runner.offer(runId);
            CompletableFuture<Void> drained = drain(runner);
            await(at.store.requestCancel(runId).toCompletableFuture());
            await(drained);
            assertThat(at.endOf(runId)).contains("\"code\":\"cancelled\"");
        }
    }
}
