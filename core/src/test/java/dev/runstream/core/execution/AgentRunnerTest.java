package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.AgentsAtWork.take;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Who has a place, who waits, and what a restart and a drain make of them. */
class AgentRunnerTest {
    private final ManualTime time = new ManualTime();
    private final Semaphore go = new Semaphore(0);
    private final Semaphore entered = new Semaphore(0);
    private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    private final TestAgent agent = named("a", run -> {
        order.add(run.runId() + "#" + run.attempt());
        entered.release();
        go.acquire();
    });

    private AgentsAtWork at(int maxRunning) {
        return new AgentsAtWork(time, time, maxRunning, RunObserver.NONE, store -> store, agent);
    }

    @Test
    void runsSoManyAtOnceAndTheRestInOrderOfCreation() {
        try (AgentsAtWork at = at(2)) {
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                runs.add(at.create("a", 1, "{}"));
                time.advance(Duration.ofMillis(1));
            }
            at.runner.offer(runs.get(0));
            at.runner.offer(runs.get(1));
            for (int i = 5; i > 1; i--) {
                at.runner.offer(runs.get(i));
            }
            take(entered, 2);
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(2, 4, 0));
            for (String waiting : runs.subList(2, 6)) {
                assertThat(at.record(waiting).state()).isEqualTo(RunState.QUEUED);
            }
            for (int i = 2; i < 6; i++) {
                go.release();
                take(entered, 1);
            }
            go.release(2);
            runs.forEach(at::endOf);
            assertThat(new ArrayList<>(order).subList(2, 6))
                    .containsExactly("run-3#1", "run-4#1", "run-5#1", "run-6#1");
        }
    }

    @Test
    void takesARunOnceHoweverOftenItIsOffered() {
        try (AgentsAtWork at = at(2)) {
            String runId = at.start("a", "{}");
            take(entered, 1);
            at.runner.offer(runId);
            at.runner.offer(runId);
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(1, 0, 0));
            go.release();
            at.endOf(runId);
            at.runner.offer(runId);
            assertThat(order).containsExactly("run-1#1");
        }
    }

    @Test
    void runsNoneWhereNoneMayRun() {
        try (AgentsAtWork at = at(0)) {
            String runId = at.start("a", "{}");
            at.runner.start();
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(0, 0, 0));
            assertThat(at.record(runId).state()).isEqualTo(RunState.QUEUED);
        }
    }

    @Test
    void runsAgainAfterARestartWhileThereAreAttempts() {
        try (AgentsAtWork at = at(1)) {
            String twice = at.create("a", 2, "{}");
            at.runner.offer(twice);
            take(entered, 1);

            AgentRunner restarted = at.runner(time, time, 1, RunObserver.NONE, agent);
            restarted.start();
            take(entered, 1);
            assertThat(order).containsExactly("run-1#1", "run-1#2");
            assertThat(at.eventsSoFar(twice))
                    .anyMatch(event -> event.startsWith("status {\"state\":\"retrying\""))
                    .anyMatch(event -> event.startsWith("status {\"state\":\"running\",\"attempt\":2"));
        }
    }

    @Test
    void refusesTheEventsOfAnAttemptThatAnotherHasReplaced() {
        CompletableFuture<Throwable> stale = new CompletableFuture<>();
        TestAgent writer = named("a", run -> {
            entered.release();
            if (run.attempt() == 1) {
                CountDownLatch told = new CountDownLatch(1);
                run.onCancel(told::countDown);
                told.await();
                stale.complete(catchThrowable(() -> run.delta("of the first")));
            } else {
                go.acquire();
                run.complete("of the second");
            }
        });
        try (AgentsAtWork at = new AgentsAtWork(time, writer)) {
            String runId = at.create("a", 2, "{}");
            at.runner.offer(runId);
            take(entered, 1);
            at.runner(time, time, 1, RunObserver.NONE, writer).start();
            take(entered, 1);
            assertThat(await(stale)).isInstanceOf(RunCancelledException.class);
            go.release();
            assertThat(at.eventsOf(runId))
                    .doesNotContain("delta \"of the first\"")
                    .endsWith("complete \"of the second\"");
        }
    }

    @Test
    void endsARunWithoutFurtherAttemptsAfterARestart() {
        try (AgentsAtWork at = at(1)) {
            String once = at.start("a", "{}");
            take(entered, 1);
            at.runner(time, time, 1, RunObserver.NONE, agent).start();
            assertThat(at.endOf(once)).contains("\"code\":\"worker-lost\"");
        }
    }

    @Test
    void endsACancellingRunAfterARestart() {
        try (AgentsAtWork at = at(1)) {
            String runId = at.create("a", 3, "{}");
            at.runner.offer(runId);
            take(entered, 1);
            TestAgent deaf = named("a", run -> go.acquire());
            await(at.store.requestCancel(runId).toCompletableFuture());
            at.runner(time, time, 1, RunObserver.NONE, deaf).start();
            assertThat(at.endOf(runId)).contains("\"code\":\"cancelled\"");
        }
    }

    @Test
    void queuesWaitingRunsAgainAfterARestart() {
        try (AgentsAtWork at = at(1)) {
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                runs.add(at.create("a", 1, "{}"));
                time.advance(Duration.ofMillis(1));
            }
            go.release(3);
            at.runner.start();
            runs.forEach(at::endOf);
            assertThat(order).containsExactly("run-1#1", "run-2#1", "run-3#1");
        }
    }

    @Test
    void letsARunWaitWhoseAgentIsGoneAndSaysSo() {
        try (AgentsAtWork at = at(1)) {
            String orphan = at.create("gone", 1, "{}");
            at.runner.start();
            assertThat(at.record(orphan).state()).isEqualTo(RunState.QUEUED);
            assertThat(at.eventsSoFar(orphan).getLast())
                    .isEqualTo("status {\"message\":\"the run waits: this server has no agent \\\"gone\\\"\","
                            + "\"state\":\"queued\"}");
            at.runner(time, time, 1, RunObserver.NONE, named("gone", run -> run.complete("back")))
                    .start();
            assertThat(at.endOf(orphan)).isEqualTo("complete \"back\"");
        }
    }

    @Test
    void drainsAtOnceWhereNobodyIsAtWork() {
        try (AgentsAtWork at = at(1)) {
            at.runner.drain(Duration.ofSeconds(8));
            String late = at.start("a", "{}");
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(0, 0, 0));
            assertThat(at.record(late).state()).isEqualTo(RunState.QUEUED);
        }
    }
}
