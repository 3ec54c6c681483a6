package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.testing.Stages;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool has one thread here, so that the order of its turns can be seen. */
class ComputePoolTest {
    private final ComputePool pool = new ComputePool(1);
    private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        pool.close();
    }

    private static <T> CompletableFuture<Object> inBackground(ComputePool.Lane lane, List<Callable<T>> batches) {
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(lane.runAll(batches));
            } catch (Throwable thrown) {
                outcome.complete(thrown);
            }
        });
        return outcome;
    }

    private List<Callable<String>> batches(String name, int count) {
        List<Callable<String>> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String batch = name + i;
            batches.add(() -> {
                order.add(batch);
                return batch;
            });
        }
        return batches;
    }

    @Test
    void givesResultsInTheOrderOfTheBatches() throws Exception {
        try (ComputePool wide = new ComputePool(4)) {
            assertThat(wide.open().runAll(batches("a", 5))).containsExactly("a0", "a1", "a2", "a3", "a4");
            assertThat(wide.open().runAll(List.<Callable<String>>of())).isEmpty();
        }
    }

    @Test
    void holdsNothingOfARunThatHasEndedWhileItWaits() throws Exception {
        WeakReference<Object> ended = computeWith(new Object());
        Stages.eventually("what the last batch held is free", () -> {
            System.gc();
            return ended.refersTo(null);
        });
    }

    private WeakReference<Object> computeWith(Object held) throws Exception {
        pool.open().runAll(List.of(held::hashCode));
        return new WeakReference<>(held);
    }

    @Test
    void letsRunsTakeTurnsHoweverManyBatchesOneHandsIn() {
        ComputePool.Lane flooding = pool.open();
        ComputePool.Lane small = pool.open();
        CompletableFuture<CompletableFuture<Object>> handedIn = new CompletableFuture<>();
        List<Callable<String>> flood = batches("flood", 5);
        // The first of the flood waits until the small run's batches are there.
        flood.addFirst(() -> {
            handedIn.complete(inBackground(small, batches("small", 2)));
            while (small.waiting() < 2) {
                Thread.onSpinWait();
            }
            return "";
        });
        await(inBackground(flooding, flood));
        await(await(handedIn));
        assertThat(order).containsExactly("flood0", "small0", "flood1", "small1", "flood2", "flood3", "flood4");
    }

    @Test
    void throwsWhatTheFirstFailingBatchThrewAndLeavesOutTheRest() {
        List<Callable<String>> batches = batches("a", 3);
        batches.add(1, () -> {
            throw new IOException("on purpose");
        });
        assertThatThrownBy(() -> pool.open().runAll(batches))
                .isInstanceOf(IOException.class)
                .hasMessage("on purpose");
        assertThat(order).containsExactly("a0");
    }

    @Test
    void outlivesAnErrorInABatch() throws Exception {
        ComputePool.Lane lane = pool.open();
        assertThatThrownBy(() -> lane.runAll(List.<Callable<String>>of(() -> {
                    throw new StackOverflowError();
                })))
                .isInstanceOf(StackOverflowError.class);
        assertThat(lane.runAll(batches("a", 1))).containsExactly("a0");
    }

    @Test
    void runsBatchesOfABatchWhereItIs() throws Exception {
        ComputePool.Lane lane = pool.open();
        assertThat(lane.runAll(List.<Callable<List<String>>>of(() -> lane.runAll(batches("inner", 2)))))
                .containsExactly(List.of("inner0", "inner1"));
    }

    @Test
    void finishesWhatHasBegunAndLeavesOutTheRestWhenARunIsCancelled() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger finished = new AtomicInteger();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        try (AgentsAtWork at = new AgentsAtWork(new ManualTime(), named("a", run -> {
            List<Callable<Integer>> batches = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batches.add(() -> {
                    begun.countDown();
                    go.await();
                    return finished.incrementAndGet();
                });
            }
            try {
                run.computeAll(batches);
            } catch (RunCancelledException stop) {
                thrown.complete(stop);
                throw stop;
            }
        }))) {
            String runId = at.start("a", "{}");
            await(CompletableFuture.runAsync(() -> awaitUninterruptibly(begun)));
            await(at.store.requestCancel(runId).toCompletableFuture());
            assertThat(thrown).isNotDone();
            go.countDown();
            assertThat(await(thrown)).isInstanceOf(RunCancelledException.class);
            assertThat(finished.get()).isBetween(1, 2);
            assertThat(at.endOf(runId)).contains("\"code\":\"cancelled\"");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }
}
