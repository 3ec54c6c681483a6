package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.agent.RunFailedException;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What an agent sees of a cancel, and what becomes of its run. */
class CancelTest {
    private static final String CANCELLED =
            "error {\"message\":\"cancelled\",\"retriable\":false,\"code\":\"cancelled\"}";

    private final ManualTime time = new ManualTime();
    private final CompletableFuture<RunContext> entered = new CompletableFuture<>();

    private static void cancel(AgentsAtWork at, String runId) {
        await(at.store.requestCancel(runId).toCompletableFuture());
    }

    /** Starts an agent that waits to be told, then does something; the end of its run. */
    private String endAfterCancel(TestAgent.Work afterwards) {
        CompletableFuture<RunContext> entered = new CompletableFuture<>();
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            CountDownLatch told = new CountDownLatch(1);
            run.onCancel(told::countDown);
            entered.complete(run);
            told.await();
            afterwards.run(run);
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            cancel(at, runId);
            return at.endOf(runId);
        }
    }

    @Test
    void endsAsCancelledWhenTheAgentReturns() {
        assertThat(endAfterCancel(run -> {})).isEqualTo(CANCELLED);
    }

    @Test
    void endsAsCancelledWhenTheAgentChecks() {
        assertThat(endAfterCancel(run -> {
                    assertThat(run.isCancelled()).isTrue();
                    run.checkCancelled();
                    throw new AssertionError("not reached");
                }))
                .isEqualTo(CANCELLED);
    }

    @Test
    void endsAsCancelledWhateverTheAgentThrows() {
        for (Throwable thrown :
                List.of(new IllegalStateException("x"), new InterruptedException(), new StackOverflowError())) {
            assertThat(endAfterCancel(run -> sneak(thrown))).isEqualTo(CANCELLED);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void keepsTheMessageOfAnAgentThatFailsAfterTheCancel() {
        assertThat(endAfterCancel(run -> {
                    throw new RunFailedException("half-way", "stopped after 3 of 7", true);
                }))
                .isEqualTo("error {\"message\":\"stopped after 3 of 7\",\"retriable\":false,\"code\":\"cancelled\"}");
    }

    @Test
    void keepsAResultThatComesAfterTheCancelAsAPartial() {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            CountDownLatch told = new CountDownLatch(1);
            run.onCancel(told::countDown);
            entered.complete(run);
            told.await();
            run.partial("half");
            run.complete("all");
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            cancel(at, runId);
            List<String> events = at.eventsOf(runId);
            assertThat(events.get(events.size() - 3)).isEqualTo("partial \"half\"");
            assertThat(events.get(events.size() - 2)).isEqualTo("partial \"all\"");
            assertThat(events.getLast()).contains("\"code\":\"cancelled\"");
            assertThat(at.record(runId).state()).isEqualTo(RunState.CANCELLED);
        }
    }

    @Test
    void leavesTheLastPartialAloneWhenTheAgentJustReturns() {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            CountDownLatch told = new CountDownLatch(1);
            run.onCancel(told::countDown);
            run.partial("half");
            entered.complete(run);
            told.await();
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            cancel(at, runId);
            assertThat(at.eventsOf(runId)).contains("partial \"half\"").doesNotContain("partial null");
        }
    }

    @Test
    void endsATimedOutRunAsFailedWhateverItsAgentDoes() {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            CountDownLatch told = new CountDownLatch(1);
            run.onCancel(told::countDown);
            entered.complete(run);
            told.await();
            run.complete("late");
        }))) {
            String runId = at.create("a", 1, Duration.ofSeconds(7), "{}");
            at.runner.offer(runId);
            await(entered);
            time.advance(Duration.ofSeconds(7));
            List<String> events = at.eventsOf(runId);
            assertThat(events).contains("partial \"late\"");
            assertThat(events.getLast()).contains("\"code\":\"timeout\"");
            assertThat(at.record(runId).state()).isEqualTo(RunState.FAILED);
        }
    }

    @Test
    void callsEveryActionAlthoughOneFailsAndAnotherBlocks() {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Boolean> third = new CompletableFuture<>();
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            run.onCancel(never::countDown);
            run.onCancel(() -> {
                throw new IllegalStateException("on purpose");
            });
            run.onCancel(() -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException gone) {
                    Thread.currentThread().interrupt();
                }
            });
            run.onCancel(() -> third.complete(Thread.currentThread().isVirtual()));
            entered.complete(run);
            never.await();
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            cancel(at, runId);
            assertThat(await(third)).isTrue();
            assertThat(at.endOf(runId)).isEqualTo(CANCELLED);
        }
    }

    @Test
    void callsAnActionAtOnceWhereTheMomentHasPassed() {
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        assertThat(endAfterCancel(run -> run.onCancel(() -> caller.complete(Thread.currentThread()))))
                .isEqualTo(CANCELLED);
        assertThat(await(caller).getName()).isEqualTo("run run-1");
    }

    @Test
    void interruptsASecondAfterTheCancelAndNotBefore() {
        CompletableFuture<Long> interruptedAt = new CompletableFuture<>();
        CountDownLatch told = new CountDownLatch(1);
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            run.onCancel(told::countDown);
            entered.complete(run);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interrupt) {
                interruptedAt.complete(time.millis());
                throw interrupt;
            }
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            long cancelledAt = time.millis();
            cancel(at, runId);
            time.advance(Duration.ofMillis(999));
            assertThat(at.record(runId).state()).isEqualTo(RunState.CANCELLING);
            time.advance(Duration.ofMillis(1));
            assertThat(await(interruptedAt) - cancelledAt).isEqualTo(1000);
            assertThat(at.endOf(runId)).isEqualTo(CANCELLED);
        }
    }

    @Test
    void seesACancelThatWasNeverPushed() {
        // The run's record is looked at on each check, so this holds also for a listener that is called late.
        CompletableFuture<Boolean> before = new CompletableFuture<>();
        CompletableFuture<Boolean> after = new CompletableFuture<>();
        CountDownLatch cancelled = new CountDownLatch(1);
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            before.complete(run.isCancelled());
            cancelled.await();
            after.complete(run.isCancelled());
        }))) {
            String runId = at.start("a", "{}");
            assertThat(await(before)).isFalse();
            cancel(at, runId);
            cancelled.countDown();
            assertThat(await(after)).isTrue();
            assertThat(at.endOf(runId)).isEqualTo(CANCELLED);
        }
    }

    @Test
    void tellsTheObserverWhenTheWorkerHasSeenTheStop() {
        CompletableFuture<Long> millis = new CompletableFuture<>();
        RunObserver observer = new RunObserver() {
            @Override
            public void stopSeenByWorker(RunRecord run, long millisSinceRequest) {
                millis.complete(millisSinceRequest);
            }
        };
        try (AgentsAtWork at = new AgentsAtWork(time, time, 1, observer, store -> store, named("a", run -> {
            entered.complete(run);
            new CountDownLatch(1).await();
        }))) {
            String runId = at.start("a", "{}");
            await(entered);
            cancel(at, runId);
            assertThat(await(millis)).isZero();
        }
    }

    @Test
    void countsAnAgentThatGoesOnAfterTheEndAndKeepsItsPlace() {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        try (AgentsAtWork at = new AgentsAtWork(
                time,
                time,
                1,
                RunObserver.NONE,
                store -> store,
                named("stubborn", run -> {
                    entered.complete(run);
                    boolean released = false;
                    while (!released) {
                        try {
                            release.await();
                            released = true;
                        } catch (InterruptedException ignored) {
                            // That is what makes it stubborn.
                        }
                    }
                    refused.complete(catchThrowable(() -> run.delta("late")));
                }),
                named("next", run -> second.complete(true)))) {
            String stubborn = at.start("stubborn", "{}");
            await(entered);
            String next = at.start("next", "{}");
            cancel(at, stubborn);
            time.advance(Duration.ofSeconds(30));
            assertThat(at.endOf(stubborn)).contains("\"code\":\"cancelled\"");
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(1, 1, 0));

            time.advance(Duration.ofSeconds(5));
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(1, 1, 1));
            assertThat(at.record(next).state()).isEqualTo(RunState.QUEUED);

            release.countDown();
            assertThat(await(refused)).isInstanceOf(RunCancelledException.class);
            assertThat(await(second)).isTrue();
            at.endOf(next);
            assertThat(at.runner.gauges().stuckAgents()).isZero();
        }
    }

    @Test
    void doesNotBeginARunThatWasCancelledWhileItWaited() {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        CountDownLatch release = new CountDownLatch(1);
        try (AgentsAtWork at = new AgentsAtWork(
                time,
                time,
                1,
                RunObserver.NONE,
                store -> store,
                named("first", run -> {
                    entered.complete(run);
                    release.await();
                }),
                named("second", run -> begun.complete(true)))) {
            String first = at.start("first", "{}");
            await(entered);
            String second = at.start("second", "{}");
            cancel(at, second);
            assertThat(at.endOf(second)).contains("cancelled before it began");
            assertThat(at.runner.gauges().waiting()).isZero();
            release.countDown();
            at.endOf(first);
            assertThat(begun).isNotDone();
        }
    }
}
