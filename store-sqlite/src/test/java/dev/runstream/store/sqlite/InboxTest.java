package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.testing.Stages;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private static final long MINUTE = 60_000;

    private final Inbox<Integer> inbox = new Inbox<>();
    private final CompletableFuture<Thread> taker = new CompletableFuture<>();

    /** Takes on a thread of its own, which waits when this returns. */
    private CompletableFuture<List<Integer>> waiting(Supplier<List<Integer>> take) {
        CompletableFuture<List<Integer>> taken = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> taken.complete(take.get()));
        awaitWaiting(thread);
        taker.complete(thread);
        return taken;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void waitsForTheFirst() {
        CompletableFuture<List<Integer>> taken = waiting(() -> inbox.take(10));
        inbox.offer(1);
        assertThat(Stages.await(taken)).containsExactly(1);
    }

    @Test
    void waitsForAsManyAsAreWanted() {
        CompletableFuture<List<Integer>> taken = waiting(() -> inbox.take(10, 3, MINUTE));
        inbox.offer(1);
        inbox.offer(2);
        awaitWaiting(taker.join());
        assertThat(taken).isNotDone();
        inbox.offer(3);
        assertThat(Stages.await(taken)).containsExactly(1, 2, 3);
    }

    @Test
    void doesNotWaitWhereEnoughIsThere() {
        for (int i = 1; i <= 5; i++) {
            inbox.offer(i);
        }
        assertThat(inbox.take(4, 3, MINUTE)).containsExactly(1, 2, 3, 4);
        assertThat(inbox.take(4, 1, MINUTE)).containsExactly(5);
    }

    @Test
    void waitsForMoreOnlySoLong() {
        inbox.offer(1);
        assertThat(inbox.take(10, 3, 1)).containsExactly(1);
    }

    @Test
    void isEmptyForWhoWaitsWhenItCloses() {
        CompletableFuture<List<Integer>> taken = waiting(() -> inbox.take(10, 3, MINUTE));
        inbox.close();
        assertThat(Stages.await(taken)).isEmpty();
        assertThat(inbox.offer(1)).isFalse();
    }
}
