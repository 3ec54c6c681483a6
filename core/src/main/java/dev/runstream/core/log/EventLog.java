package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one run as the SSE bytes that readers receive, encoded once whatever the number of readers.
 *
 * <p><b>Shape.</b> Events lie in segments, each a slab of memory with the offset at which every event ends, so the place
 * of an id is a binary search over segments and an array access. Slabs start small, so that a short run costs about
 * 1 KiB, and grow to 64 KiB; a large event gets a slab of its own.
 *
 * <p><b>Readers</b> hold nothing but the seq of the last event they had. They read without a lock from an immutable
 * {@link LogView}, which an eviction replaces. The bytes stay where they are while a reader looks at them: it pins the
 * segment first, and if it comes too late for that, the view has changed and it looks again. Replay and live tail are the
 * same read.
 *
 * <p><b>Eviction.</b> Sizes count the data of events. Past the limit the oldest events go, one by one, but never the
 * last event nor the latest attempt's latest partial: when eviction comes to that one, it is copied into a segment of its
 * own, the <i>island</i>, before the others. So what is held is at most one island and one unbroken range up to the end.
 *
 * <p><b>Residence.</b> Where a store holds the events as well, memory is a cache of the end of that range: {@link
 * #releaseResident} lets the oldest segments go, and a reader that stands before the first one is told {@link
 * LogRead.Absent}.
 *
 * <p>Changes are made by one thread at a time (the methods that change something lock); everything else is lock-free and
 * safe for any thread.
 */
public final class EventLog {
    private static final int FIRST_SLAB_BYTES = 512;
    private static final int SLAB_GROWTH = 4;
    private static final int LARGEST_SLAB_BYTES = 64 * 1024;
    private static final int LARGE_EVENT_BYTES = LARGEST_SLAB_BYTES / 4;
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    // immutable
    private final long epoch;
    private final long maxDataBytes;
    private final MemoryBudget budget;
    private final ColdEvents cold;
    private final EventEncoder encoder;

    // under this object's lock
    private int nextSlabBytes = FIRST_SLAB_BYTES;
    /** The latest attempt's latest partial, which must not go; 0 for none. */
    private long latestPartialSeq;

    private int islandDataBytes;
    private int[] coldSizes = {};
    private long coldSizesFrom;

    // shared: written under the lock, read by anybody
    private volatile LogView view;
    private volatile long lastSeq;
    private volatile long heldDataBytes;
    private volatile long evictedEvents;
    /** The first seq of each attempt, from attempt 1 on. */
    private volatile long[] attemptStarts;

    /** A new log without events. */
    public EventLog(long epoch, long maxDataBytes, MemoryBudget budget) {
        this(LogState.empty(epoch), maxDataBytes, budget, ColdEvents.none());
    }

    /** A log whose events so far are in a store and not in memory. */
    public EventLog(LogState state, long maxDataBytes, MemoryBudget budget, ColdEvents cold) {
        this.epoch = state.epoch();
        this.maxDataBytes = maxDataBytes;
        this.budget = budget;
        this.cold = cold;
        encoder = new EventEncoder(epoch);
        latestPartialSeq = state.latestPartialSeq();
        islandDataBytes = state.islandDataBytes();
        lastSeq = state.lastSeq();
        heldDataBytes = state.heldDataBytes();
        attemptStarts = state.attemptStarts().clone();
        view = LogView.ofStored(state.firstSeq(), state.islandSeq());
    }

    public long epoch() {
        return epoch;
    }

    /** The last event, or 0 where there is none. */
    public long lastSeq() {
        return lastSeq;
    }

    /** The first event held, island or not; {@code lastSeq + 1} where none is held. */
    public long firstHeldSeq() {
        return view.firstHeldSeq();
    }

    /** The first event of the unbroken range that reaches to the end. */
    public long rangeFirstSeq() {
        return view.firstSeq();
    }

    /** The event held before that range, or 0. */
    public long islandSeq() {
        return view.islandSeq();
    }

    /** Bytes of data held, in memory or in the store. */
    public long heldDataBytes() {
        return heldDataBytes;
    }

    /** How many events have been evicted since this object was made. */
    public long evictedEvents() {
        return evictedEvents;
    }

    /** What a store has to know to make this log again. */
    public synchronized LogState state() {
        LogView seen = view;
        return new LogState(
                epoch,
                seen.firstSeq(),
                lastSeq,
                heldDataBytes,
                latestPartialSeq,
                seen.islandSeq(),
                islandDataBytes,
                attemptStarts.clone());
    }

    /** The attempt that an event belongs to; for one that does not exist yet, the latest. */
    public int attemptAt(long seq) {
        long[] starts = attemptStarts;
        int attempt = starts.length;
        while (attempt > 1 && starts[attempt - 1] > seq) {
            attempt--;
        }
        return attempt;
    }

    /** Memory taken by the segments of this log. */
    public synchronized long memoryBytes() {
        long sum = view.island().map(Segment::memoryBytes).orElse(0);
        for (Segment segment : view.segments()) {
            sum += segment.memoryBytes();
        }
        return sum;
    }

    /** Roughly what an append of so much data may take from the budget. */
    public int memoryFor(int dataBytes) {
        return Math.max(dataBytes + 1024, LARGEST_SLAB_BYTES);
    }

    /**
     * Adds an event and evicts what is too much.
     *
     * @param data copied; its array may be written to afterwards
     * @param attempt the attempt it belongs to, never lower than before
     */
    public synchronized void append(EventType type, JsonBytes data, int attempt) {
        long seq = lastSeq + 1;
        // First what may fail for want of memory.
        Segment segment = segmentFor(encoder.overheadBytes(type, seq) + data.length(), seq);
        while (attemptStarts.length < attempt) {
            long[] starts = Arrays.copyOf(attemptStarts, attemptStarts.length + 1);
            starts[starts.length - 1] = seq;
            attemptStarts = starts;
            latestPartialSeq = 0;
        }
        if (type == EventType.PARTIAL) {
            latestPartialSeq = seq;
        }
        segment.append(encoder, type, data);
        heldDataBytes = heldDataBytes + data.length();
        lastSeq = seq;
        if (heldDataBytes > maxDataBytes) {
            evictUntil(maxDataBytes);
        }
    }

    private Segment segmentFor(int bytes, long seq) {
        Segment[] segments = view.segments();
        if (segments.length > 0) {
            Segment last = segments[segments.length - 1];
            if (last.hasRoomFor(bytes)) {
                return last;
            }
        }
        boolean large = bytes > LARGE_EVENT_BYTES;
        int capacity = large ? bytes : Math.max(bytes, nextSlabBytes);
        // Small again after a large event: where large and small ones alternate, each small one gets a slab of its own.
        nextSlabBytes = large ? FIRST_SLAB_BYTES : Math.min(LARGEST_SLAB_BYTES, capacity * SLAB_GROWTH);
        Segment added = new Segment(seq, capacity, budget);
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = added;
        view = view.withSegments(more);
        return added;
    }

    /** Evicts the oldest events until no more than so much data is held, or nothing more may go. */
    public synchronized void evictUntil(long dataBytes) {
        LogView kept = view;
        long first = kept.firstSeq();
        long held = heldDataBytes;
        long evicted = 0;
        try {
            while (held > dataBytes) {
                if (kept.islandSeq() != 0 && kept.islandSeq() != latestPartialSeq) {
                    held -= islandDataBytes;
                    evicted++;
                    kept = dropIsland(kept);
                } else if (first >= lastSeq) {
                    break;
                } else if (first == latestPartialSeq) {
                    kept = makeIsland(kept, first);
                    first++;
                } else {
                    held -= dataBytes(kept, first);
                    evicted++;
                    first++;
                }
            }
        } catch (RuntimeException unknown) {
            // The event that called for this is stored and must become visible; the rest goes with the next one.
            LOG.warn("cannot tell the size of event {}-{}, which was to be evicted", epoch, first, unknown);
        }
        heldDataBytes = held;
        evictedEvents = evictedEvents + evicted;
        retireBefore(kept.evictedTo(first));
    }

    /**
     * Lets everything go but the last event, the latest partial too, and keeps no more memory than that event needs: for
     * an ended run where memory is short.
     */
    public synchronized void evictAllButLast() {
        latestPartialSeq = 0;
        evictUntil(0);
        Segment holder = view.segmentOf(lastSeq);
        if (holder != null && holder.slab.capacity() > holder.encodedBytes((int) (lastSeq - holder.firstSeq))) {
            view = view.withSegments(new Segment[] {copyOf(holder, lastSeq)});
            letGo(holder);
        }
    }

    private LogView dropIsland(LogView from) {
        islandDataBytes = 0;
        return from.withIsland(0, Optional.empty());
    }

    private LogView makeIsland(LogView from, long seq) {
        islandDataBytes = dataBytes(from, seq);
        Segment holder = from.segmentOf(seq);
        if (holder == null) {
            return from.withIsland(seq, Optional.empty());
        }
        return from.withIsland(seq, Optional.of(copyOf(holder, seq)));
    }

    /** One event in a segment of its own. */
    private Segment copyOf(Segment holder, long seq) {
        int index = (int) (seq - holder.firstSeq);
        EventType type = holder.type(index);
        byte[] data = new byte[holder.encodedBytes(index) - encoder.overheadBytes(type, seq)];
        int dataEnd = holder.endOf(index + 1) - EventEncoder.END_BYTES;
        holder.slab.read(dataEnd - data.length, data, 0, data.length);
        Segment copy = new Segment(seq, holder.encodedBytes(index), budget);
        copy.append(encoder, type, JsonBytes.trusted(data));
        return copy;
    }

    private int dataBytes(LogView from, long seq) {
        Segment holder = from.segmentOf(seq);
        if (holder != null) {
            int index = (int) (seq - holder.firstSeq);
            return holder.encodedBytes(index) - encoder.overheadBytes(holder.type(index), seq);
        }
        if (seq < coldSizesFrom || seq >= coldSizesFrom + coldSizes.length) {
            coldSizes = cold.dataBytesFrom(seq);
            coldSizesFrom = seq;
        }
        return coldSizes[(int) (seq - coldSizesFrom)];
    }

    /** Publishes a view without the segments that lie wholly before its range. */
    private void retireBefore(LogView changed) {
        Segment[] segments = changed.segments();
        int gone = 0;
        while (gone < segments.length && segments[gone].lastSeq() < changed.firstSeq()) {
            gone++;
        }
        publishWithout(gone, changed);
    }

    /** Publishes a view without its first segments, and lets go of what the one before had and it has not. */
    private long publishWithout(int goneSegments, LogView changed) {
        Segment[] segments = changed.segments();
        Optional<Segment> islandBefore = view.island();
        view = goneSegments == 0
                ? changed
                : changed.withSegments(Arrays.copyOfRange(segments, goneSegments, segments.length));
        long freed = 0;
        for (int i = 0; i < goneSegments; i++) {
            freed += letGo(segments[i]);
        }
        return islandBefore.isPresent() && !islandBefore.equals(changed.island())
                ? freed + letGo(islandBefore.get())
                : freed;
    }

    private static int letGo(Segment segment) {
        int freed = segment.memoryBytes();
        segment.unpin();
        return freed;
    }

    /**
     * Lets the oldest segments leave memory, for a log whose events a store holds too.
     *
     * @return bytes of memory let go
     */
    public synchronized long releaseResident(long atLeastBytes) {
        LogView kept = view.withIsland(view.islandSeq(), Optional.empty());
        int gone = 0;
        long released = view.island().map(Segment::memoryBytes).orElse(0);
        while (gone < kept.segments().length && released < atLeastBytes) {
            released += kept.segments()[gone++].memoryBytes();
        }
        if (gone == kept.segments().length) {
            nextSlabBytes = FIRST_SLAB_BYTES;
        }
        return publishWithout(gone, kept);
    }

    /** Lets all memory go. Nothing may be read or appended afterwards. */
    public synchronized void close() {
        releaseResident(Long.MAX_VALUE);
    }

    /**
     * Hands the encoded events after a position to the sink, as far as they lie in one slab.
     *
     * <p>Lock-free; does not block. Never splits an event.
     *
     * @param afterSeq the last event the reader had or was told to be missing; 0 for none
     * @param maxBytes how many bytes are wanted; one event is handed over even if it is larger
     */
    public LogRead read(long afterSeq, int maxBytes, SliceSink sink) {
        long next = afterSeq + 1;
        while (true) {
            if (next > lastSeq) {
                return LogRead.CaughtUp.INSTANCE;
            }
            LogRead read = view.readFrom(next, maxBytes, sink);
            if (read != null) {
                return read;
            }
        }
    }

    /** The data of one event as {@link #read} hands it over. */
    public static JsonBytes dataOf(byte[] event) {
        return EventEncoder.dataOf(event);
    }

    /** Receives bytes of a slab, which stay valid only during the call unless the receiver retains them there. */
    @FunctionalInterface
    public interface SliceSink {
        void accept(Slab slab, int offset, int length);
    }
}
