package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.AgentsAtWork.take;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several processes with one store and one queue: who has which run, and what becomes of one whose process stops. */
class SharedQueueTest {
    private static final Duration WITHIN = Duration.ofSeconds(8);

    private final ManualTime time = new ManualTime();
    private final QueueInMemory queue = new QueueInMemory();
    private final Semaphore go = new Semaphore(0);
    private final Semaphore entered = new Semaphore(0);
    private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    private final AtomicReference<FaultyStore> faulty = new AtomicReference<>();
    private final AgentsAtWork at = new AgentsAtWork(time, time, 0, RunObserver.NONE, store -> {
        FaultyStore wrapped = new FaultyStore(store);
        wrapped.shared = true;
        faulty.set(wrapped);
        return wrapped;
    });

    @AfterEach
    void close() {
        at.close();
    }

    private AgentRunner process(String name, int maxRunning) {
        return process(time, maxRunning, run -> {
            order.add(name + " " + run.runId() + "#" + run.attempt());
            entered.release();
            go.acquire();
        });
    }

    private AgentRunner process(ManualTime timers, int maxRunning, TestAgent.Work work) {
        AgentRunner runner = at.runner(time, timers, maxRunning, queue, named("a", work));
        runner.start();
        return runner;
    }

    private String put(int attempts) {
        String runId = at.create("a", attempts, "{}");
        queue.put(runId, "a");
        return runId;
    }

    @Test
    void leavesWhatItHasNoRoomForToOthers() {
        AgentRunner one = process("one", 1);
        String first = put(1);
        take(entered, 1);
        String second = put(1);
        one.offer(second);
        assertThat(one.gauges()).isEqualTo(new RunnerGauges(1, 0, 0));
        assertThat(queue.waiting()).containsExactly(second);

        process("two", 1);
        take(entered, 1);
        assertThat(order).containsExactly("one run-1#1", "two run-2#1");
        go.release(2);
        at.endOf(first);
        at.endOf(second);
    }

    @Test
    void takesTheNextWhenOneHasEnded() {
        process("one", 2);
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            runs.add(put(1));
        }
        for (int i = 0; i < 10; i++) {
            take(entered, 1);
            go.release();
        }
        runs.forEach(at::endOf);
        assertThat(order).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void beginsARunOnceThatTwoProcessesHaveTaken() {
        process("one", 1);
        process("two", 1);
        String runId = put(1);
        take(entered, 1);
        queue.put(runId, "a");
        go.release(2);
        at.endOf(runId);
        assertThat(order).hasSize(1);
        assertThat(faulty.get().lost).isEmpty();
    }

    @Test
    void takesNothingWhereNoneMayRun() {
        AgentRunner gateway = process("gateway", 0);
        String runId = put(1);
        gateway.offer(runId);
        time.advance(Duration.ofSeconds(5));
        assertThat(queue.asked).isEmpty();
        assertThat(at.record(runId).state()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void leavesWhatOthersWorkOnAloneWhenItStarts() {
        process("one", 1);
        String runId = put(3);
        take(entered, 1);
        process("two", 1);
        assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
        go.release();
        assertThat(at.endOf(runId)).isEqualTo("complete null");
    }

    @Test
    void takesItsPlaceBackFromARunThatWasCancelledBeforeItBegan() {
        queue.holds = true;
        process("one", 1);
        String cancelled = at.create("a", 1, "{}");
        await(at.store.requestCancel(cancelled).toCompletableFuture());
        String next = at.create("a", 1, "{}");
        queue.holds = false;
        queue.put(next, "a");
        queue.answer(cancelled);
        take(entered, 1);
        go.release();
        at.endOf(next);
        assertThat(order).containsExactly("one run-2#1");
    }

    @Test
    void triesARunAgainThatTheStoreCouldNotBeAskedOf() {
        process("one", 1);
        faulty.get().followsNone = true;
        String runId = put(1);
        assertThat(queue.waiting()).isEmpty();
        faulty.get().followsNone = false;
        time.advance(Duration.ofSeconds(1));
        take(entered, 1);
        go.release();
        at.endOf(runId);
    }

    @Test
    void takesNothingWhileItDrains() {
        AgentRunner one = process("one", 1);
        one.drain(WITHIN);
        String runId = put(1);
        one.offer(runId);
        time.advance(Duration.ofSeconds(5));
        assertThat(queue.waiting()).containsExactly(runId);
    }

    @Test
    void handsOverAtOnceWhatAnAgentLeavesInADrain() {
        ManualTime steps = new ManualTime();
        CountDownLatch told = new CountDownLatch(1);
        AgentRunner one = process(steps, 1, run -> {
            run.onCancel(told::countDown);
            entered.release();
            told.await();
            run.partial("as far as it came");
            run.checkCancelled();
        });
        String runId = put(2);
        take(entered, 1);
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> one.drain(WITHIN));
        // the intake's, whose next question is cancelled, and the drain's three
        steps.awaitTasks(3);
        steps.advance(Duration.ofSeconds(7));
        await(drained);
        assertThat(at.record(runId).state()).isEqualTo(RunState.RETRYING);
        assertThat(at.eventsSoFar(runId).getLast()).contains("retrying", "the run's worker has stopped");

        process("two", 1);
        queue.put(runId, "a");
        take(entered, 1);
        assertThat(order).containsExactly("two run-1#2");
        go.release();
        assertThat(at.endOf(runId)).isEqualTo("complete null");
    }

    @Test
    void handsOverWhatAnAgentWillNotLeave() {
        ManualTime steps = new ManualTime();
        CountDownLatch release = new CountDownLatch(1);
        AgentRunner one = process(steps, 1, run -> {
            entered.release();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException ignored) {
                    // That is what makes it stubborn.
                }
            }
        });
        String runId = put(2);
        take(entered, 1);
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> one.drain(WITHIN));
        steps.awaitTasks(3);
        steps.advance(WITHIN);
        await(drained);
        assertThat(at.record(runId).state()).isEqualTo(RunState.RETRYING);
        release.countDown();
    }

    @Test
    void stopsInTimeThoughTheStoreCannotBeHandedAnything() {
        ManualTime steps = new ManualTime();
        AgentRunner one = process(steps, 1, run -> {
            entered.release();
            new CountDownLatch(1).await();
        });
        String runId = put(2);
        take(entered, 1);
        faulty.get().away = true;
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> one.drain(WITHIN));
        steps.awaitTasks(3);
        steps.advance(WITHIN);
        await(drained);
        assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
        assertThat(faulty.get().lost).isNotEmpty();
    }

    @Test
    void stopsInTimeThoughTheStoreDoesNotAnswer() {
        ManualTime steps = new ManualTime();
        AgentRunner one = process(steps, 1, run -> {
            entered.release();
            new CountDownLatch(1).await();
        });
        put(2);
        take(entered, 1);
        faulty.get().silent = true;
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> one.drain(WITHIN));
        steps.awaitTasks(3);
        steps.advance(WITHIN);
        steps.runNext();
        await(drained);
        assertThat(steps.millis() - time.millis()).isEqualTo(8_500);
    }
}
