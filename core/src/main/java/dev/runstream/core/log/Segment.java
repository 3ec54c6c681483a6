package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Consecutive events in one slab, and where each of them ends.
 *
 * <p>One thread appends; any thread reads what a {@link LogView} has published. A reader holds the segment by {@link
 * #tryPin} while it looks at the bytes; the slab goes back when the log has retired the segment and no reader is inside.
 */
final class Segment {
    private static final AtomicIntegerFieldUpdater<Segment> PINS =
            AtomicIntegerFieldUpdater.newUpdater(Segment.class, "pins");

    private static final int FIRST_INDEX_ENTRIES = 4;
    private static final int INDEX_BYTES_PER_EVENT = Integer.BYTES + 1;
    /** What the objects of a segment cost besides its slab and index, roughly. */
    private static final int FIXED_BYTES = 160;

    // immutable
    final long firstSeq;
    final Slab slab;
    private final MemoryBudget budget;

    // by the appender only
    private byte[] types = new byte[FIRST_INDEX_ENTRIES];
    private int count;

    // shared: a longer array takes the place of a full one, and a reader may see it before the view that needed it
    private volatile int[] ends = new int[FIRST_INDEX_ENTRIES];

    /** 1 for the log itself, and one for each reader inside. */
    private volatile int pins = 1;

    /** @param slab the budget's, to which it goes back with the segment */
    Segment(long firstSeq, Slab slab, MemoryBudget budget) {
        this.firstSeq = firstSeq;
        this.slab = slab;
        this.budget = budget;
        budget.charge(indexBytes());
    }

    private int indexBytes() {
        return ends.length * INDEX_BYTES_PER_EVENT + FIXED_BYTES;
    }

    int memoryBytes() {
        return slab.capacity() + indexBytes();
    }

    int roomBytes() {
        return slab.capacity() - endOf(count);
    }

    void append(EventEncoder encoder, EventType type, JsonBytes data) {
        int index = count;
        if (index == ends.length) {
            int before = indexBytes();
            ends = Arrays.copyOf(ends, index * 2);
            types = Arrays.copyOf(types, index * 2);
            budget.charge(indexBytes() - before);
        }
        types[index] = (byte) type.code();
        ends[index] = encoder.encode(slab, endOf(index), type, firstSeq + index, data);
        count = index + 1;
    }

    long lastSeq() {
        return firstSeq + count - 1;
    }

    int indexOf(long seq) {
        return (int) (seq - firstSeq);
    }

    EventType type(int index) {
        return EventType.ofCode(types[index]);
    }

    /** Where the events before this index end. */
    int endOf(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    int encodedBytes(int index) {
        return endOf(index + 1) - endOf(index);
    }

    /** Where those of the events end that fit into so many bytes; at least one, so that none can wedge a reader. */
    private static int fitting(int[] ends, int from, int to, int maxBytes) {
        int start = from == 0 ? 0 : ends[from - 1];
        if (ends[to - 1] - start <= maxBytes) {
            return to;
        }
        int found = Arrays.binarySearch(ends, from, to, start + maxBytes);
        return Math.max(from + 1, found >= 0 ? found + 1 : -found - 1);
    }

    /**
     * Hands events over from one of this segment's on; for whoever has pinned it.
     *
     * @param lastSeq the last one of this segment that is published
     */
    LogRead handOver(long seq, long lastSeq, int maxBytes, EventLog.SliceSink sink) {
        int[] seen = ends;
        int from = indexOf(seq);
        int to = fitting(seen, from, indexOf(lastSeq) + 1, maxBytes);
        int start = from == 0 ? 0 : seen[from - 1];
        sink.accept(slab, start, seen[to - 1] - start);
        return new LogRead.Slice(firstSeq + to - 1);
    }

    /** Keeps the slab from going back; false when it is going already. */
    boolean tryPin() {
        for (int held = pins; held > 0; held = pins) {
            if (PINS.compareAndSet(this, held, held + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Undoes one {@link #tryPin}; the log itself calls it once, to retire the segment. */
    void unpin() {
        if (PINS.decrementAndGet(this) == 0) {
            budget.charge(-indexBytes());
            budget.giveBack(slab);
        }
    }
}
