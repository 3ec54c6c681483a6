package dev.runstream.core.run;

import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.OutOfSlabsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Brings events from a store for readers that stand before what is in memory, within a share of the memory of their
 * own: what has no room waits its turn, so that any number of slow readers of old runs holds up neither the logs nor more
 * than each other.
 *
 * <p>Readers of one run that ask for the same events while they are being fetched get the same page.
 *
 * <p>Safe for any thread; nothing blocks.
 *
 * @param <R> a run in memory; runs are told apart by their objects
 */
public final class ColdReads<R> {
    private static final int SMALLEST_PAGE_BYTES = 4 * 1024;
    /** At least so many pages are to find room at once, where the share allows it. */
    private static final int PAGES_AT_ONCE = 64;

    // immutable
    private final Source<R> source;
    private final MemoryBudget budget;
    private final long shareBytes;
    private final int mostPageBytes;

    // under this object's lock
    private final Map<Place<R>, Fetch<R>> underWay = new HashMap<>();
    private final Deque<Fetch<R>> waiting = new ArrayDeque<>();
    private long usedBytes;
    private boolean closed;

    /** Where events come from that are not in memory. */
    public interface Source<R> {
        /** Of the log that the run has in memory. */
        long epoch(R run);

        /**
         * Consecutive events from a seq on, as far as they are held and fit into so many bytes of data; at least one
         * where the first is held.
         */
        CompletionStage<List<EventPage.StoredEvent>> events(R run, long fromSeq, int maxBytes);
    }

    /** The events of one run from a seq on. */
    private record Place<R>(R run, long fromSeq) {}

    private static final class Fetch<R> {
        private final Place<R> place;
        private final int maxBytes;
        private final List<CompletableFuture<EventPage>> askers = new ArrayList<>(1);

        Fetch(Place<R> place, int maxBytes) {
            this.place = place;
            this.maxBytes = maxBytes;
        }
    }

    /** @param shareBytes what all pages may take together */
    public ColdReads(Source<R> source, MemoryBudget budget, long shareBytes) {
        this.source = source;
        this.budget = budget;
        this.shareBytes = shareBytes;
        mostPageBytes = (int) Math.max(SMALLEST_PAGE_BYTES, Math.min(Integer.MAX_VALUE, shareBytes / PAGES_AT_ONCE));
    }

    /**
     * The events from a seq on, as far as they are held and fit; a page without events where there are none.
     *
     * @param maxBytes how much is wanted; one event comes even if it is larger
     */
    public CompletionStage<EventPage> fetch(R run, long fromSeq, int maxBytes) {
        CompletableFuture<EventPage> asker = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
            }
            Place<R> place = new Place<>(run, fromSeq);
            Fetch<R> fetch = underWay.get(place);
            if (fetch == null) {
                fetch = new Fetch<>(place, Math.min(maxBytes, mostPageBytes));
                underWay.put(place, fetch);
                waiting.add(fetch);
            }
            fetch.askers.add(asker);
        }
        budget.sweep();
        beginWhatHasRoom();
        return asker;
    }

    private void beginWhatHasRoom() {
        for (Fetch<R> next = nextWithRoom(); next != null; next = nextWithRoom()) {
            begin(next);
        }
    }

    /** The room for it is counted as taken by now. One always has room, however large. */
    private synchronized @Nullable Fetch<R> nextWithRoom() {
        Fetch<R> next = waiting.peek();
        if (next == null || (usedBytes > 0 && usedBytes + next.maxBytes > shareBytes)) {
            return null;
        }
        waiting.remove();
        usedBytes += next.maxBytes;
        return next;
    }

    private void begin(Fetch<R> fetch) {
        CompletionStage<List<EventPage.StoredEvent>> events;
        try {
            events = source.events(fetch.place.run, fetch.place.fromSeq, fetch.maxBytes);
        } catch (RuntimeException fault) {
            events = CompletableFuture.failedFuture(fault);
        }
        events.thenApply(found -> encode(fetch, found)).whenComplete((page, fault) -> ended(fetch, page, fault));
    }

    private EventPage encode(Fetch<R> fetch, List<EventPage.StoredEvent> events) {
        try {
            return EventPage.encode(
                    source.epoch(fetch.place.run), fetch.place.fromSeq, events, budget, () -> freed(fetch.maxBytes));
        } catch (OutOfSlabsException none) {
            throw new StoreUnavailableException("there is no memory to read with", none);
        }
    }

    private void ended(Fetch<R> fetch, @Nullable EventPage page, @Nullable Throwable fault) {
        List<CompletableFuture<EventPage>> askers;
        synchronized (this) {
            underWay.remove(fetch.place);
            askers = fetch.askers;
        }
        if (page == null) {
            askers.forEach(asker -> asker.completeExceptionally(Objects.requireNonNull(fault)));
            freed(fetch.maxBytes);
            return;
        }
        // Before the first of them can let go of it.
        for (int i = 1; i < askers.size(); i++) {
            page.share();
        }
        askers.forEach(asker -> asker.complete(page));
    }

    private void freed(long bytes) {
        synchronized (this) {
            usedBytes -= bytes;
        }
        beginWhatHasRoom();
    }

    /** Refuses whoever waits, and whoever comes. */
    public void close() {
        List<Fetch<R>> refused;
        synchronized (this) {
            closed = true;
            refused = List.copyOf(waiting);
            waiting.clear();
            refused.forEach(fetch -> underWay.remove(fetch.place));
        }
        StoreUnavailableException fault = new StoreUnavailableException("the store is closed");
        refused.forEach(fetch -> fetch.askers.forEach(asker -> asker.completeExceptionally(fault)));
    }
}
