package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one run as the SSE bytes that readers receive, encoded once whatever the number of readers.
 *
 * <p><b>Shape.</b> What is held is a matter of numbers and sizes ({@link LogState}). The bytes lie in segments, each a
 * slab of memory with the offset at which every event ends, so the place of an id is a binary search over segments and an
 * array access. Slabs start small, so that a short run costs about 1 KiB, and grow to 64 KiB; a large event gets a slab
 * of its own.
 *
 * <p><b>Readers</b> hold nothing but the seq of the last event they had. They read without a lock from an immutable
 * {@link LogView}, which every change replaces. The bytes stay where they are while a reader looks at them: it pins the
 * segment first, and if it comes too late for that, the view has changed and it looks again. Replay and live tail are the
 * same read.
 *
 * <p><b>Eviction.</b> Sizes count the data of events. Past the limit the oldest events go, one by one, but never the
 * last event nor the latest attempt's latest partial: when eviction comes to that one, it is copied into a segment of its
 * own, the <i>island</i>, before the others.
 *
 * <p><b>Residence.</b> Where a store holds the events as well, memory is a cache of the end of the range: {@link
 * #releaseResident} lets the oldest segments go, where there is no memory events pass it by, and a reader that stands
 * before the first segment is told {@link LogRead.Absent}.
 *
 * <p>Changes are made by one thread at a time (the methods that change something lock); everything else is lock-free and
 * safe for any thread.
 */
public final class EventLog {
    private static final int FIRST_SLAB_BYTES = 512;
    private static final int SLAB_GROWTH = 4;
    private static final int LARGEST_SLAB_BYTES = 64 * 1024;
    private static final int LARGE_EVENT_BYTES = LARGEST_SLAB_BYTES / 4;
    private static final List<Slab> NONE_RESERVED = List.of();
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    // immutable
    private final long maxDataBytes;
    private final MemoryBudget budget;
    private final ColdEvents cold;

    // under this object's lock
    private int nextSlabBytes = FIRST_SLAB_BYTES;
    /** Whether what comes next can be appended without taking memory: there are slabs for it, or it passes memory by. */
    private boolean isReserved;

    /** Always the last of the view's segments, which events go into; null where there is none. Spares an append the view. */
    private @Nullable Segment newest;

    /** For the next append. Empty for most logs, which then share one empty list. */
    private List<Slab> reserved = NONE_RESERVED;

    private boolean passesMemory;

    private int[] coldSizes = {};
    private long coldSizesFrom;

    // shared: written under the lock, read by anybody
    private volatile LogView view;
    private volatile long evictedEvents;

    /** A new log without events, which only memory holds. */
    public EventLog(long epoch, long maxDataBytes, MemoryBudget budget) {
        this(LogState.empty(epoch), maxDataBytes, budget, ColdEvents.NONE);
    }

    /**
     * A log whose events so far are not in memory.
     *
     * @param cold what a store knows of them; {@link ColdEvents#NONE} where only memory holds events, of which there are
     *     none yet
     */
    public EventLog(LogState state, long maxDataBytes, MemoryBudget budget, ColdEvents cold) {
        this.maxDataBytes = maxDataBytes;
        this.budget = budget;
        this.cold = cold;
        view = LogView.ofStored(state);
    }

    /** What is held, as one consistent value: all that a store has to know to make this log again. */
    public LogState state() {
        return view.state();
    }

    public long epoch() {
        return state().epoch();
    }

    /** The last event, or 0 where there is none. */
    public long lastSeq() {
        return state().lastSeq();
    }

    /** The first event held, island or not; {@code lastSeq + 1} where none is held. */
    public long firstHeldSeq() {
        return state().firstHeldSeq();
    }

    /** The first event of the unbroken range that reaches to the end. */
    public long rangeFirstSeq() {
        return state().firstSeq();
    }

    /** The event held before that range, or 0. */
    public long islandSeq() {
        return state().islandSeq();
    }

    /** Bytes of data held, in memory or in the store. */
    public long heldDataBytes() {
        return state().heldDataBytes();
    }

    /** How many events have been evicted since this object was made. */
    public long evictedEvents() {
        return evictedEvents;
    }

    /** The attempt that an event belongs to; for one that does not exist yet, the latest. */
    public int attemptAt(long seq) {
        return state().attemptAt(seq);
    }

    /** Memory taken by the segments of this log. */
    public long memoryBytes() {
        return view.memoryBytes();
    }

    /** How much of it eviction can give back at the most: all but the segment that events go into. */
    public long evictableBytes() {
        Segment[] segments = view.segments();
        long sum = 0;
        for (int i = 0; i < segments.length - 1; i++) {
            sum += segments[i].memoryBytes();
        }
        return sum;
    }

    /** What an append of so many events with so much data has to find in the budget, roughly. */
    public synchronized long memoryFor(int events, long dataBytes) {
        int room = newest == null ? 0 : newest.roomBytes();
        long encoded = dataBytes + (long) events * EventEncoder.MOST_OVERHEAD_BYTES;
        return encoded <= room ? 0 : encoded;
    }

    /**
     * Takes the memory that appending these events needs, so that appending them next cannot fail. Where a store holds
     * events too and there is no memory, within the budget or at all, what the log has in memory leaves it, and these
     * events will not come into it.
     *
     * @throws OutOfSlabsException if there is no memory and only memory holds events; nothing has changed
     */
    public synchronized void reserve(List<NewEvent> events) {
        giveBackReserved();
        int growthBefore = nextSlabBytes;
        try {
            takeFor(events);
        } catch (OutOfSlabsException none) {
            giveBackReserved();
            nextSlabBytes = growthBefore;
            if (isOnlyInMemory()) {
                throw none;
            }
            releaseResident(Long.MAX_VALUE, false);
            passesMemory = true;
        }
        isReserved = true;
    }

    private boolean isOnlyInMemory() {
        return cold.equals(ColdEvents.NONE);
    }

    private void takeFor(List<NewEvent> events) {
        int room = newest == null ? 0 : newest.roomBytes();
        long seq = lastSeq();
        for (NewEvent event : events) {
            int bytes = encodedBytes(event, ++seq);
            if (bytes > room) {
                Slab slab = takeSlab(bytes);
                if (reserved.isEmpty()) {
                    reserved = new ArrayList<>(1);
                }
                reserved.add(slab);
                room = slab.capacity();
            }
            room -= bytes;
        }
    }

    private EventEncoder encoder() {
        return new EventEncoder(epoch());
    }

    private int encodedBytes(NewEvent event, long seq) {
        return encoder().overheadBytes(event.type(), seq) + event.data().length();
    }

    private Slab takeSlab(int bytes) {
        boolean large = bytes > LARGE_EVENT_BYTES;
        int wanted = large ? bytes : Math.max(bytes, nextSlabBytes);
        // Where memory is short, no more than this event needs.
        int capacity = budget.wouldExceed(wanted) ? bytes : wanted;
        Slab slab = isOnlyInMemory() ? budget.take(capacity) : budget.takeWithinLimit(capacity);
        // Small again after a large event: where large and small ones alternate, each small one gets a slab of its own.
        nextSlabBytes = large ? FIRST_SLAB_BYTES : Math.min(LARGEST_SLAB_BYTES, capacity * SLAB_GROWTH);
        return slab;
    }

    private void giveBackReserved() {
        for (Slab slab : reserved) {
            budget.giveBack(slab);
        }
        reserved = NONE_RESERVED;
        passesMemory = false;
        isReserved = false;
    }

    /**
     * Adds events and evicts what is too much; readers see all of it at once. Data is copied: its arrays may be written to
     * afterwards.
     *
     * @throws OutOfSlabsException as {@link #reserve}, unless these events were reserved for
     */
    public synchronized void append(List<NewEvent> events) {
        if (!isReserved) {
            reserve(events);
        }
        LogState state = view.state();
        for (NewEvent event : events) {
            state = state.with(event);
        }
        Segment[] segments = write(events);
        publish(evict(new LogView(state, view.island(), segments), maxDataBytes));
    }

    /**
     * Adds events to the copy of a log that is kept elsewhere, where it was decided what is held afterwards.
     *
     * @param after of the same epoch; these events are its last
     */
    public synchronized void append(List<NewEvent> events, LogState after) {
        requireNext(after, lastSeq() + events.size());
        if (!isReserved) {
            reserve(events);
        }
        LogView grown = new LogView(view.state(), view.island(), write(events));
        publishAfter(after, grown.withIsland(after, islandOf(after, grown)));
    }

    /** Takes over what is held elsewhere, where this copy has missed something; nothing of it is in memory then. */
    public synchronized void adopt(LogState after) {
        requireNext(after, after.lastSeq());
        giveBackReserved();
        nextSlabBytes = FIRST_SLAB_BYTES;
        publishAfter(after, LogView.ofStored(after));
    }

    private void requireNext(LogState after, long lastSeq) {
        if (after.epoch() != epoch() || after.lastSeq() != lastSeq || lastSeq < lastSeq()) {
            throw new IllegalArgumentException("a log of epoch " + epoch() + " that ends at " + lastSeq()
                    + " cannot become one of epoch " + after.epoch() + " that ends at " + after.lastSeq());
        }
    }

    private void publishAfter(LogState after, LogView changed) {
        LogState before = view.state();
        long came = after.lastSeq() - before.lastSeq();
        evictedEvents = evictedEvents + before.heldEvents() + came - after.heldEvents();
        publish(changed);
    }

    /** Encodes events into the memory that is reserved for them; the segments then. */
    private Segment[] write(List<NewEvent> events) {
        Segment[] segments = view.segments();
        Segment last = newest;
        long seq = lastSeq();
        for (NewEvent event : events) {
            seq++;
            if (passesMemory) {
                continue;
            }
            if (last == null || last.roomBytes() < encodedBytes(event, seq)) {
                last = new Segment(seq, reserved.removeFirst(), budget);
                segments = Arrays.copyOf(segments, segments.length + 1);
                segments[segments.length - 1] = last;
            }
            last.append(encoder(), event.type(), event.data());
        }
        giveBackReserved();
        return segments;
    }

    /** Evicts the oldest events until no more than so much data is held, or nothing more may go. */
    public synchronized void evictUntil(long dataBytes) {
        boolean isClosed = isOnlyInMemory() && view.segments().length == 0;
        if (!isClosed) {
            publish(evict(view, dataBytes));
        }
    }

    /**
     * Lets everything go but the last event, the latest partial too, and keeps no more memory than that event needs: for
     * an ended run where memory is short.
     */
    public synchronized void evictAllButLast() {
        publish(evict(view.withIsland(view.state().withoutPartial(), view.island()), 0));
        Segment holder = view.segmentOf(lastSeq());
        if (holder == null || holder.slab.capacity() == holder.encodedBytes(holder.indexOf(lastSeq()))) {
            return;
        }
        try {
            publish(new LogView(view.state(), view.island(), new Segment[] {copyOf(holder, lastSeq())}));
        } catch (OutOfSlabsException none) {
            LOG.debug("the last event of a log stays in a slab that is larger than it");
        }
    }

    /** What is left of a view after eviction; the view itself where that cannot be told, and the next time more goes. */
    private LogView evict(LogView from, long mostDataBytes) {
        LogState before = from.state();
        if (before.heldDataBytes() <= mostDataBytes) {
            return from;
        }
        try {
            LogState after = before.evictedTo(mostDataBytes, seq -> dataBytes(from, seq));
            LogView left = from.withIsland(after, islandOf(after, from));
            evictedEvents = evictedEvents + before.heldEvents() - after.heldEvents();
            return left;
        } catch (RuntimeException unknown) {
            LOG.warn("events of log {} up to {} could not be evicted", before.epoch(), before.lastSeq(), unknown);
            return from;
        }
    }

    private @Nullable Segment islandOf(LogState after, LogView from) {
        if (after.islandSeq() == 0) {
            return null;
        }
        if (after.islandSeq() == from.state().islandSeq()) {
            return from.island();
        }
        Segment holder = from.segmentOf(after.islandSeq());
        if (holder == null) {
            return null;
        }
        try {
            return copyOf(holder, after.islandSeq());
        } catch (OutOfSlabsException none) {
            if (isOnlyInMemory()) {
                throw none;
            }
            return null;
        }
    }

    /** One event in a segment of its own. */
    private Segment copyOf(Segment holder, long seq) {
        int index = holder.indexOf(seq);
        EventType type = holder.type(index);
        byte[] data = new byte[holder.encodedBytes(index) - encoder().overheadBytes(type, seq)];
        int dataEnd = holder.endOf(index + 1) - EventEncoder.END_BYTES;
        holder.slab.read(dataEnd - data.length, data, 0, data.length);
        Segment copy = new Segment(seq, budget.take(holder.encodedBytes(index)), budget);
        copy.append(encoder(), type, JsonBytes.trusted(data));
        return copy;
    }

    private int dataBytes(LogView from, long seq) {
        Segment holder = from.segmentOf(seq);
        if (holder != null) {
            int index = holder.indexOf(seq);
            return holder.encodedBytes(index) - encoder().overheadBytes(holder.type(index), seq);
        }
        if (seq < coldSizesFrom || seq >= coldSizesFrom + coldSizes.length) {
            coldSizes = cold.dataBytesFrom(seq);
            coldSizesFrom = seq;
        }
        return coldSizes[(int) (seq - coldSizesFrom)];
    }

    /** Shows a view to readers, without the segments that its range has left behind, and lets go of what is not in it. */
    private long publish(LogView changed) {
        LogView before = view;
        if (changed.isGrowthOf(before)) {
            view = changed;
            return 0;
        }
        Segment[] segments = changed.segments();
        int evicted = changed.evictedSegments();
        view = changed.withoutFirst(evicted);
        newest = evicted == segments.length ? null : segments[segments.length - 1];
        long freed = 0;
        for (int i = 0; i < evicted; i++) {
            freed += letGo(segments[i]);
        }
        Segment firstLeft = segments.length == 0 ? null : segments[0];
        for (int i = 0; i < before.segments().length && before.segments()[i] != firstLeft; i++) {
            freed += letGo(before.segments()[i]);
        }
        Segment island = before.island();
        return island == null || island == changed.island() ? freed : freed + letGo(island);
    }

    private static int letGo(Segment segment) {
        int freed = segment.memoryBytes();
        segment.unpin();
        return freed;
    }

    /**
     * Lets the oldest segments leave memory, for a log whose events a store holds too.
     *
     * @param spareNewest whether the last segment stays, from which readers of the live tail read
     * @return bytes of memory let go
     */
    public synchronized long releaseResident(long atLeastBytes, boolean spareNewest) {
        Segment[] segments = view.segments();
        Segment island = view.island();
        long released = island == null ? 0 : island.memoryBytes();
        int gone = 0;
        int most = segments.length - (spareNewest ? 1 : 0);
        while (gone < most && released < atLeastBytes) {
            released += segments[gone++].memoryBytes();
        }
        if (gone == segments.length) {
            nextSlabBytes = FIRST_SLAB_BYTES;
        }
        return publish(view.withIsland(view.state(), null).withoutFirst(gone));
    }

    /** Lets all memory go. Nothing may be read or appended afterwards. */
    public synchronized void close() {
        giveBackReserved();
        releaseResident(Long.MAX_VALUE, false);
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
        while (true) {
            LogRead read = view.readFrom(afterSeq + 1, maxBytes, sink);
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
