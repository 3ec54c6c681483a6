package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Encoded events that were fetched from a store, in a slab of their own.
 *
 * <p>Each who holds it releases it once. Safe for any thread.
 */
public final class EventPage {
    private final MemoryBudget budget;
    private final Slab slab;
    private final int length;
    private final long lastSeq;
    private final Runnable freed;
    private final AtomicInteger holders = new AtomicInteger(1);

    private EventPage(MemoryBudget budget, Slab slab, int length, long lastSeq, Runnable freed) {
        this.budget = budget;
        this.slab = slab;
        this.length = length;
        this.lastSeq = lastSeq;
        this.freed = freed;
    }

    /**
     * Encodes consecutive events, of which the first has the given seq.
     *
     * @param freed called once the page's memory is free again, on the thread that frees it
     * @throws OutOfSlabsException if there is no memory for it
     */
    public static EventPage encode(
            long epoch, long firstSeq, List<StoredEvent> events, MemoryBudget budget, Runnable freed) {
        EventEncoder encoder = new EventEncoder(epoch);
        int bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            bytes += encoder.overheadBytes(events.get(i).type(), firstSeq + i)
                    + events.get(i).data().length();
        }
        Slab slab = budget.takeForPage(Math.max(1, bytes));
        int end = 0;
        for (int i = 0; i < events.size(); i++) {
            end = encoder.encode(
                    slab, end, events.get(i).type(), firstSeq + i, events.get(i).data());
        }
        return new EventPage(budget, slab, end, firstSeq + events.size() - 1, freed);
    }

    public Slab slab() {
        return slab;
    }

    /** How many bytes of the slab are events. */
    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The last event of the page. */
    public long lastSeq() {
        return lastSeq;
    }

    /** Gives the page one holder more; for who holds it. */
    public void share() {
        holders.incrementAndGet();
    }

    /** Lets go of the page. With the last holder its memory goes back, as soon as nobody pins it. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            budget.giveBackPage(slab, freed);
        }
    }

    /** An event as a store keeps it. */
    public record StoredEvent(EventType type, JsonBytes data) {}
}
