package dev.runstream.bullmq;

import dev.runstream.core.run.SourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Up to where this process has copied the stream of each queue, and who waits for that.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class Reached {
    // under the lock of this
    private final Map<String, SourceId> positions = new HashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();

    private record Waiter(String queue, SourceId id, CompletableFuture<Boolean> inTime) {}

    synchronized SourceId position(String queue) {
        return positions.getOrDefault(queue, SourceId.NONE);
    }

    /** Everything up to an entry is copied; where reading begins again, that may be before what had been reached. */
    void reached(String queue, SourceId id) {
        List<Waiter> there;
        synchronized (this) {
            positions.put(queue, id);
            there = waiters.stream()
                    .filter(waiter ->
                            waiter.queue().equals(queue) && !waiter.id().isAfter(id))
                    .toList();
            waiters.removeAll(there);
        }
        there.forEach(waiter -> waiter.inTime().complete(true));
    }

    /** Waits until everything up to an entry has been copied, or this time is over; whether it was in time. */
    CompletionStage<Boolean> when(String queue, SourceId id, Duration patience) {
        Waiter waiter = new Waiter(queue, id, new CompletableFuture<>());
        synchronized (this) {
            if (!id.isAfter(position(queue))) {
                return CompletableFuture.completedFuture(true);
            }
            waiters.add(waiter);
        }
        waiter.inTime()
                .completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, fault) -> forget(waiter));
        return waiter.inTime();
    }

    private synchronized void forget(Waiter waiter) {
        waiters.remove(waiter);
    }
}
