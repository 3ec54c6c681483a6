package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.AgentsAtWork.take;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that was held to be dead, and what it hears late: its agent stops, and harms nobody who came after. */
class FencedTest {
    private final ManualTime time = new ManualTime();
    private final QueueInMemory queue = new QueueInMemory();
    private final AtomicReference<FaultyStore> faulty = new AtomicReference<>();
    private final Semaphore entered = new Semaphore(0);
    private final CompletableFuture<Long> toldAt = new CompletableFuture<>();
    private final CompletableFuture<Long> interruptedAt = new CompletableFuture<>();
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

    private AgentRunner process(TestAgent.Work work) {
        return process(1, work);
    }

    private AgentRunner process(int maxRunning, TestAgent.Work work) {
        AgentRunner runner = at.runner(time, time, maxRunning, queue, named("a", work));
        runner.start();
        return runner;
    }

    private String put(int attempts) {
        String runId = at.create("a", attempts, "{}");
        queue.put(runId, "a");
        return runId;
    }

    private void lose(String runId, int attempt) {
        await(at.store.loseWorker(runId, attempt, "not heard of").toCompletableFuture());
        faulty.get().lost.clear();
    }

    /** Something happens to the run, so that whoever follows it is woken. */
    private void tellOfSomething(String runId) {
        EventDraft status =
                EventDraft.of(EventType.STATUS, JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII)), 1_000);
        await(at.store
                .append(runId, new AppendBatch(Optional.empty(), List.of(status)))
                .toCompletableFuture());
    }

    /** Waits until it is interrupted. */
    private void waitToBeStopped(RunContext run) throws InterruptedException {
        run.onCancel(() -> toldAt.complete(time.millis()));
        entered.release();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupt) {
            interruptedAt.complete(time.millis());
            throw interrupt;
        }
    }

    @Test
    void stopsTheAgentOfARunThatWaitsForAnotherWorkerAndFreesItsPlace() {
        process(run -> {
            if (run.runId().equals("run-1")) {
                waitToBeStopped(run);
            }
        });
        String runId = put(2);
        take(entered, 1);
        String next = put(1);
        long lostAt = time.millis();
        lose(runId, 1);
        assertThat(await(toldAt)).isEqualTo(lostAt);
        assertThat(at.record(next).state()).isEqualTo(RunState.QUEUED);
        time.advance(Duration.ofSeconds(1));
        assertThat(await(interruptedAt)).isEqualTo(lostAt + 1_000);
        assertThat(at.endOf(next)).isEqualTo("complete null");
        assertThat(at.record(runId).state()).isEqualTo(RunState.RETRYING);
        assertThat(faulty.get().lost).isEmpty();
    }

    @Test
    void takesARunAgainThatItWasHeldToBeDeadWith() {
        process(2, run -> {
            if (run.attempt() == 1) {
                waitToBeStopped(run);
            } else {
                run.complete("of the second");
            }
        });
        String runId = put(2);
        take(entered, 1);
        lose(runId, 1);
        await(toldAt);
        queue.put(runId, "a");
        assertThat(queue.waiting()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(at.endOf(runId)).isEqualTo("complete \"of the second\"");
    }

    @Test
    void refusesEventsOfAnAttemptWhileTheRunWaitsForAnother() {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        process(run -> {
            entered.release();
            go.await();
            refused.complete(catchThrowable(() -> run.delta("late")));
        });
        String runId = put(2);
        take(entered, 1);
        faulty.get().lagging = true;
        lose(runId, 1);
        go.countDown();
        assertThat(await(refused)).isInstanceOf(RunCancelledException.class);
        assertThat(at.eventsSoFar(runId)).noneMatch(event -> event.startsWith("delta"));
    }

    @Test
    void leavesARunAloneThatAnotherHasBegunThoughItSeemsToWait() {
        faulty.get().overtaken.set(1);
        AgentRunner late = process(run -> entered.release());
        String runId = put(1);
        queue.put(at.create("a", 1, "{}"), "a");
        take(entered, 1);
        faulty.get().lagging = false;
        at.endOf("run-2");
        late.drain(Duration.ofSeconds(8));
        assertThat(faulty.get().lost).isEmpty();
        assertThat(at.record(runId).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void goesOnThoughWhatItFollowsIsBehindItsBeginning() {
        String runId = at.create("a", 2, "{}");
        await(at.store.beginAttempt(runId).toCompletableFuture());
        lose(runId, 1);
        faulty.get().lagging = true;
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        AgentRunner runner = process(run -> {
            cancelled.complete(run.isCancelled());
            run.complete("done");
        });
        queue.put(runId, "a");
        assertThat(await(cancelled)).isFalse();
        runner.drain(Duration.ofSeconds(8));
        assertThat(at.record(runId).state()).isEqualTo(RunState.COMPLETED);
        assertThat(faulty.get().lost).isEmpty();
    }

    @Test
    void hearsOfACancelAfterTheLogThatItFollowedWasLost() {
        process(this::waitToBeStopped);
        String runId = put(1);
        take(entered, 1);
        faulty.get().losesLogs = true;
        await(at.store.requestCancel(runId).toCompletableFuture());
        await(toldAt);
        time.advance(Duration.ofSeconds(1));
        assertThat(at.endOf(runId)).contains("\"code\":\"cancelled\"");
    }

    @Test
    void asksAgainForALogThatWasLostUntilTheStoreIsBack() {
        process(this::waitToBeStopped);
        String runId = put(1);
        take(entered, 1);
        faulty.get().losesLogs = true;
        faulty.get().followsNone = true;
        await(at.store.requestCancel(runId).toCompletableFuture());
        time.advance(Duration.ofMillis(999));
        assertThat(toldAt).isNotDone();
        faulty.get().followsNone = false;
        time.advance(Duration.ofMillis(1));
        await(toldAt);
        time.advance(Duration.ofSeconds(1));
        at.endOf(runId);
    }

    @Test
    void stopsTheAgentOfARunThatTheStoreHasForgotten() {
        process(this::waitToBeStopped);
        String runId = put(1);
        take(entered, 1);
        faulty.get().losesLogs = true;
        faulty.get().forgets = true;
        tellOfSomething(runId);
        await(toldAt);
        time.advance(Duration.ofSeconds(1));
        await(interruptedAt);
    }
}
