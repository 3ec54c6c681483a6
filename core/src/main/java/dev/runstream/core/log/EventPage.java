package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.List;

/**
 * Encoded events that were fetched from a store for one reader, in a slab of their own.
 *
 * <p>Owned by who asked for it, until {@link #release}.
 */
public final class EventPage {
    private final MemoryBudget budget;
    private final Slab slab;
    private final int length;
    private final long lastSeq;

    private EventPage(MemoryBudget budget, Slab slab, int length, long lastSeq) {
        this.budget = budget;
        this.slab = slab;
        this.length = length;
        this.lastSeq = lastSeq;
    }

    /** Encodes consecutive events, of which the first has the given seq. */
    public static EventPage encode(long epoch, long firstSeq, List<StoredEvent> events, MemoryBudget budget) {
        EventEncoder encoder = new EventEncoder(epoch);
        int bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            bytes += encoder.overheadBytes(events.get(i).type(), firstSeq + i)
                    + events.get(i).data().length();
        }
        Slab slab = budget.take(Math.max(1, bytes));
        int end = 0;
        for (int i = 0; i < events.size(); i++) {
            end = encoder.encode(
                    slab, end, events.get(i).type(), firstSeq + i, events.get(i).data());
        }
        return new EventPage(budget, slab, end, firstSeq + events.size() - 1);
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

    /** Gives the memory back as soon as nobody pins it. Call it once. */
    public void release() {
        budget.giveBack(slab);
    }

    /** An event as a store keeps it. */
    public record StoredEvent(EventType type, JsonBytes data) {}
}
