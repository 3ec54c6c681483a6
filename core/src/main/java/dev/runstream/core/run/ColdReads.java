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
 * Brings events from the archive for readers that stand before what is in memory, within a share of the memory of their
 * own: what has no room waits its turn, so that any number of slow readers of old runs holds up neither the logs nor more
 * than each other.
 *
 * <p>Readers of one run that ask for the same events while they are being fetched get the same page.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class ColdReads {
    private static final int SMALLEST_PAGE_BYTES = 4 * 1024;
    /** At least so many pages are to find room at once, where the share allows it. */
    private static final int PAGES_AT_ONCE = 64;

    // immutable
    private final RunArchive archive;
    private final MemoryBudget budget;
    private final long shareBytes;
    private final int mostPageBytes;

    // under this object's lock
    private final Map<Place, Fetch> underWay = new HashMap<>();
    private final Deque<Fetch> waiting = new ArrayDeque<>();
    private long usedBytes;
    private boolean closed;

    /** The events of one run from a seq on; runs are told apart by their objects in memory. */
    private record Place(LiveRun run, long fromSeq) {}

    private static final class Fetch {
        private final Place place;
        private final int maxBytes;
        private final List<CompletableFuture<EventPage>> askers = new ArrayList<>(1);

        Fetch(Place place, int maxBytes) {
            this.place = place;
            this.maxBytes = maxBytes;
        }
    }

    /** @param shareBytes what all pages may take together */
    ColdReads(RunArchive archive, MemoryBudget budget, long shareBytes) {
        this.archive = archive;
        this.budget = budget;
        this.shareBytes = shareBytes;
        mostPageBytes = (int) Math.max(SMALLEST_PAGE_BYTES, Math.min(Integer.MAX_VALUE, shareBytes / PAGES_AT_ONCE));
    }

    /**
     * The events from a seq on, as far as they are held and fit; a page without events where there are none.
     *
     * @param maxBytes how much is wanted; one event comes even if it is larger
     */
    CompletionStage<EventPage> fetch(LiveRun run, long fromSeq, int maxBytes) {
        CompletableFuture<EventPage> asker = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
            }
            Place place = new Place(run, fromSeq);
            Fetch fetch = underWay.get(place);
            if (fetch == null) {
                fetch = new Fetch(place, Math.min(maxBytes, mostPageBytes));
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
        for (Fetch next = nextWithRoom(); next != null; next = nextWithRoom()) {
            begin(next);
        }
    }

    /** The room for it is counted as taken by now. One always has room, however large. */
    private synchronized @Nullable Fetch nextWithRoom() {
        Fetch next = waiting.peek();
        if (next == null || (usedBytes > 0 && usedBytes + next.maxBytes > shareBytes)) {
            return null;
        }
        waiting.remove();
        usedBytes += next.maxBytes;
        return next;
    }

    private void begin(Fetch fetch) {
        CompletionStage<List<EventPage.StoredEvent>> events;
        try {
            events = archive.events(fetch.place.run, fetch.place.fromSeq, fetch.maxBytes);
        } catch (RuntimeException fault) {
            events = CompletableFuture.failedFuture(fault);
        }
        events.thenApply(found -> encode(fetch, found)).whenComplete((page, fault) -> ended(fetch, page, fault));
    }

    private EventPage encode(Fetch fetch, List<EventPage.StoredEvent> events) {
        try {
            return EventPage.encode(
                    fetch.place.run.log().epoch(), fetch.place.fromSeq, events, budget, () -> freed(fetch.maxBytes));
        } catch (OutOfSlabsException none) {
            throw new StoreUnavailableException("there is no memory to read with", none);
        }
    }

    private void ended(Fetch fetch, @Nullable EventPage page, @Nullable Throwable fault) {
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
    void close() {
        List<Fetch> refused;
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
