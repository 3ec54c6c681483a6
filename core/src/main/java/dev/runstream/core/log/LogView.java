package dev.runstream.core.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a log holds and where it lies, as one consistent value, from which readers read without a lock.
 *
 * @param island where the island lies; null where there is none, or only the store has it
 * @param segments those of the range that are in memory, oldest first, up to the end
 */
record LogView(LogState state, @Nullable Segment island, Segment[] segments) {
    private static final Segment[] NO_SEGMENTS = {};

    /** Nothing in memory of what a store holds. */
    static LogView ofStored(LogState state) {
        return new LogView(state, null, NO_SEGMENTS);
    }

    LogView withIsland(LogState changed, @Nullable Segment segment) {
        return new LogView(changed, segment, segments);
    }

    LogView withoutFirst(int count) {
        return count == 0 ? this : new LogView(state, island, Arrays.copyOfRange(segments, count, segments.length));
    }

    /** Whether this view, which follows that one, has the same segments and island, so that nothing is to be let go. */
    boolean isGrowthOf(LogView before) {
        return Arrays.equals(segments, before.segments)
                && island == before.island
                && state.firstSeq() == before.state.firstSeq();
    }

    /** How many of the segments lie wholly before the range. */
    int evictedSegments() {
        int gone = 0;
        while (gone < segments.length && segments[gone].lastSeq() < state.firstSeq()) {
            gone++;
        }
        return gone;
    }

    long memoryBytes() {
        long sum = island == null ? 0 : island.memoryBytes();
        for (Segment segment : segments) {
            sum += segment.memoryBytes();
        }
        return sum;
    }

    /** The segment of the range that an event lies in; null where it is not in memory. */
    @Nullable
    Segment segmentOf(long seq) {
        int index = indexOf(seq);
        return index < 0 ? null : segments[index];
    }

    private int indexOf(long seq) {
        int low = 0;
        int high = segments.length - 1;
        if (high >= 0 && segments[high].firstSeq <= seq) {
            // Where the live tail reads, without a look at the others.
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].firstSeq > seq) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    /**
     * Reads from an event on.
     *
     * @return null where the segment has just been let go: there is another view by now
     */
    @Nullable
    LogRead readFrom(long seq, int maxBytes, EventLog.SliceSink sink) {
        if (seq > state.lastSeq()) {
            return LogRead.CaughtUp.INSTANCE;
        }
        if (seq < state.firstSeq()) {
            return readBeforeRange(seq, maxBytes, sink);
        }
        int index = indexOf(seq);
        if (index < 0) {
            return LogRead.Absent.INSTANCE;
        }
        long last = index + 1 < segments.length ? segments[index + 1].firstSeq - 1 : state.lastSeq();
        return read(segments[index], seq, last, maxBytes, sink);
    }

    private @Nullable LogRead readBeforeRange(long seq, int maxBytes, EventLog.SliceSink sink) {
        if (seq != state.islandSeq()) {
            return new LogRead.Gap(seq, (seq < state.islandSeq() ? state.islandSeq() : state.firstSeq()) - 1);
        }
        return island == null ? LogRead.Absent.INSTANCE : read(island, seq, seq, maxBytes, sink);
    }

    private static @Nullable LogRead read(Segment segment, long seq, long last, int maxBytes, EventLog.SliceSink sink) {
        if (!segment.tryPin()) {
            return null;
        }
        try {
            return segment.handOver(seq, last, maxBytes, sink);
        } finally {
            segment.unpin();
        }
    }
}
