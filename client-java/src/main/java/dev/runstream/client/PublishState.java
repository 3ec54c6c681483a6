package dev.runstream.client;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What a publisher's callers and its sending thread share. Safe for any thread. */
final class PublishState {
    final BlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>();
    /** Room for events, in bytes. Opened wide when the sender stops, so that nobody waits for room in vain. */
    final Semaphore room;

    final int maxCost;
    final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final Queue<EventRefusedException> refusals = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> cancel = new CompletableFuture<>();
    private volatile @Nullable RunstreamException failure;
    private volatile @Nullable EventId lastEventId;

    PublishState(int queueBytes) {
        room = new Semaphore(queueBytes, true);
        maxCost = queueBytes;
    }

    void fail(RunstreamException first) {
        failure = first;
    }

    Optional<RunstreamException> failure() {
        return Optional.ofNullable(failure);
    }

    void refuse(EventRefusedException refusal) {
        refusals.add(refusal);
    }

    Optional<EventRefusedException> takeRefusal() {
        return Optional.ofNullable(refusals.poll());
    }

    /** Runs what waits for a cancel, on threads of its own. May be called again. */
    void tellCancel() {
        cancel.complete(null);
    }

    boolean cancelRequested() {
        return cancel.isDone();
    }

    /** Done once a cancel is known. */
    CompletableFuture<Void> cancel() {
        return cancel;
    }

    void stored(EventId id) {
        lastEventId = id;
    }

    Optional<EventId> lastEventId() {
        return Optional.ofNullable(lastEventId);
    }
}
