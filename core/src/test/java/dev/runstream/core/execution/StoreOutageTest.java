package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that is away delays a run and takes nothing from it. */
class StoreOutageTest {
    private final ManualTime time = new ManualTime();
    /** The runner's alone, so that nothing but its pauses is waited for on it. */
    private final ManualTime pauses = new ManualTime();

    private final AtomicReference<FaultyStore> faulty = new AtomicReference<>();
    private final CompletableFuture<Boolean> entered = new CompletableFuture<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AgentsAtWork at = new AgentsAtWork(time, time, 1, RunObserver.NONE, store -> {
        FaultyStore wrapped = new FaultyStore(store);
        faulty.set(wrapped);
        return wrapped;
    });

    @AfterEach
    void close() {
        at.close();
    }

    private AgentRunner runner(TestAgent.Work work) {
        return at.runner(time, pauses, 1, RunObserver.NONE, named("a", work));
    }

    /** Starts an agent that waits until {@code go}. */
    private String start(TestAgent.Work work) {
        String runId = at.create("a", 1, "{}");
        runner(run -> {
                    entered.complete(true);
                    go.await();
                    work.run(run);
                })
                .offer(runId);
        await(entered);
        return runId;
    }

    private void passPauses(int count) {
        for (int i = 0; i < count; i++) {
            pauses.runNext();
        }
    }

    private List<String> workersEvents(String runId) {
        List<String> events = at.eventsOf(runId);
        return events.subList(2, events.size());
    }

    @Test
    void writesEachEventOnceAndInOrderWhenTheStoreIsBack() {
        String runId = start(run -> {
            run.delta(1);
            run.delta(2);
            run.complete(3);
        });
        faulty.get().away = true;
        go.countDown();
        passPauses(4);
        pauses.awaitTasks(1);
        faulty.get().away = false;
        passPauses(1);
        assertThat(workersEvents(runId)).containsExactly("delta 1", "delta 2", "complete 3");
        assertThat(faulty.get().failed).hasValue(5);
    }

    @Test
    void storesNothingTwiceWhereAnAnswerWasLost() {
        String runId = start(run -> {
            run.delta(1);
            run.delta(2);
        });
        faulty.get().answersLost.set(1);
        go.countDown();
        passPauses(1);
        assertThat(workersEvents(runId)).containsExactly("delta 1", "delta 2", "complete null");
    }

    @Test
    void triesAgainWhileThereIsNoRoom() {
        String runId = start(run -> run.delta(1));
        faulty.get().refusals.set(2);
        go.countDown();
        passPauses(2);
        assertThat(workersEvents(runId)).containsExactly("delta 1", "complete null");
    }

    @Test
    void beginsWhenTheStoreIsBack() {
        String runId = at.create("a", 1, "{}");
        faulty.get().away = true;
        runner(run -> {}).offer(runId);
        passPauses(3);
        pauses.awaitTasks(1);
        faulty.get().away = false;
        passPauses(1);
        assertThat(at.endOf(runId)).isEqualTo("complete null");
    }

    @Test
    void letsACancelledAgentGoAlthoughTheStoreIsAway() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        String runId = start(run -> {
            thrown.complete(catchThrowable(() -> run.delta(1)));
            run.checkCancelled();
        });
        await(at.store.requestCancel(runId).toCompletableFuture());
        faulty.get().away = true;
        go.countDown();
        // the interrupt, a second after the cancel, and a pause
        pauses.awaitTasks(2);
        pauses.advance(Duration.ofSeconds(1));
        assertThat(await(thrown)).isInstanceOf(RunCancelledException.class);
        faulty.get().away = false;
        time.advance(Duration.ofSeconds(30));
        at.endOf(runId);
        assertThat(at.record(runId).state()).isEqualTo(RunState.CANCELLED);
    }
}
