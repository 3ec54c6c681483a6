package dev.runstream.core.log;

import dev.runstream.stress.WatchedSlabs.WatchedSlab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a log and writes down what came: the seq of each event whose bytes are right, {@code (2-3)} for a gap, {@code
 * absent} where the reader is sent to the store, {@code torn} for bytes that are no event.
 *
 * <p>It holds on to each slice until {@link #letGo}, as a write to a slow socket does.
 */
final class Reader implements EventLog.SliceSink {
    private final StringBuilder seen = new StringBuilder();
    private final List<Slice> held = new ArrayList<>();
    private long position;

    private record Slice(WatchedSlab slab, int offset, byte[] bytes) {}

    Reader() {
        this(0);
    }

    /** @param position the seq of the event that it had last */
    Reader(long position) {
        this.position = position;
    }

    Reader readToEnd(EventLog log) {
        while (true) {
            switch (log.read(position, Integer.MAX_VALUE, this)) {
                case LogRead.Slice slice -> {
                    if (slice.lastSeq() != position) {
                        seen.append("torn");
                        return this;
                    }
                }
                case LogRead.Gap gap -> {
                    seen.append('(')
                            .append(gap.fromSeq())
                            .append('-')
                            .append(gap.toSeq())
                            .append(')');
                    position = gap.toSeq();
                }
                case LogRead.Absent absent -> {
                    seen.append("absent");
                    return this;
                }
                case LogRead.CaughtUp caughtUp -> {
                    return this;
                }
            }
        }
    }

    @Override
    public void accept(Slab slab, int offset, int length) {
        byte[] bytes = new byte[length];
        slab.read(offset, bytes, 0, length);
        for (int at = 0; at < length; ) {
            byte[] expected = Sample.bytes(position + 1);
            int end = at + expected.length;
            if (end > length || !Arrays.equals(expected, 0, expected.length, bytes, at, end)) {
                seen.append("torn");
                return;
            }
            seen.append(++position);
            at = end;
        }
        WatchedSlab watched = (WatchedSlab) slab;
        watched.pin();
        held.add(new Slice(watched, offset, bytes));
    }

    /** Lets go of all slices, which still have to be what they were. */
    Reader letGo() {
        for (Slice slice : held) {
            byte[] now = new byte[slice.bytes.length];
            slice.slab.read(slice.offset, now, 0, now.length);
            if (!Arrays.equals(now, slice.bytes)) {
                seen.append("changed");
            }
            slice.slab.unpin();
        }
        held.clear();
        return this;
    }

    @Override
    public String toString() {
        return seen.toString();
    }
}
