package dev.runstream.core.log;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a log holds, as one consistent value, from which readers read without a lock.
 *
 * @param firstSeq the first event of the unbroken range; {@code lastSeq + 1} where the range is empty
 * @param islandSeq a partial that outlived the events after it; 0 for none
 * @param island where it lies, or empty where only the store has it
 * @param segments those in memory, oldest first, up to the end
 */
record LogView(long firstSeq, long islandSeq, Optional<Segment> island, Segment[] segments) {
    private static final Segment[] NO_SEGMENTS = {};

    /** Nothing in memory of what a store holds. */
    static LogView ofStored(long firstSeq, long islandSeq) {
        return new LogView(firstSeq, islandSeq, Optional.empty(), NO_SEGMENTS);
    }

    LogView evictedTo(long seq) {
        return new LogView(seq, islandSeq, island, segments);
    }

    LogView withSegments(Segment[] changed) {
        return new LogView(firstSeq, islandSeq, island, changed);
    }

    LogView withIsland(long seq, Optional<Segment> segment) {
        return new LogView(firstSeq, seq, segment, segments);
    }

    /** The first event held, island or not. */
    long firstHeldSeq() {
        return islandSeq != 0 ? islandSeq : firstSeq;
    }

    /** The segment of the range that an event lies in; null where it is not in memory. */
    @Nullable
    Segment segmentOf(long seq) {
        int low = 0;
        int high = segments.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].firstSeq > seq) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return high < 0 ? null : segments[high];
    }

    /**
     * Reads from an event on that exists.
     *
     * @return null where the segment has just been let go: there is another view by now, or in a moment
     */
    @Nullable
    LogRead readFrom(long seq, int maxBytes, EventLog.SliceSink sink) {
        if (seq < firstSeq && seq != islandSeq) {
            return new LogRead.Gap(seq, (seq < islandSeq ? islandSeq : firstSeq) - 1);
        }
        Segment segment = seq < firstSeq ? island.orElse(null) : segmentOf(seq);
        if (segment == null) {
            return LogRead.Absent.INSTANCE;
        }
        if (!segment.tryPin()) {
            return null;
        }
        try {
            return segment.handOver(seq, maxBytes, sink);
        } finally {
            segment.unpin();
        }
    }
}
