package dev.runstream.server.stream;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.Slab;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.server.transport.LoopTasks;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The readers of one run on one event loop that have all there is: they stand at one position, and what comes next is
 * read and framed once for all of them. A reader that falls behind leaves, and comes back when it has caught up.
 *
 * <p>Confined to the event loop; other threads reach it by its {@link WakeUp}.
 */
final class StreamGroup implements EventLog.SliceSink {
    /** Past this a slice is not copied behind its chunk's size line, but written from its slab. */
    private static final int MOST_COPIED_BYTES = 16 * 1024;

    private static final int MOST_AT_ONCE_BYTES = 64 * 1024;

    private static final int SLICES_IN_A_ROW = 16;

    /** A turn that took so long is followed by a rest of this part of it. */
    private static final long LONG_TURN_NANOS = 1_000_000;

    private static final int REST_SHARE = 8;

    // immutable
    private final FollowedRun run;
    private final LoopStreams loop;
    private final WakeUp wakeUp;
    private final FollowedRun.Listening listening;

    // event loop only
    private final List<StreamConnection> members = new ArrayList<>(1);
    private long position;
    private int users;
    /** What was read last, in one of two forms. */
    private Framing.@Nullable Shared framed;

    private @Nullable ByteBuf slice;
    /** When its rest is over, by {@link System#nanoTime}; a wake-up meanwhile waits for that. */
    private long restEndsNanos = System.nanoTime();

    private boolean wokenInRest;

    StreamGroup(FollowedRun run, LoopStreams loop) {
        this.run = run;
        this.loop = loop;
        wakeUp = new WakeUp(look -> LoopTasks.execute(loop.loop, look), this::wokenUp);
        listening = run.onChange(wakeUp);
    }

    EventLog log() {
        return run.log();
    }

    void use() {
        users++;
    }

    /** Whether nobody is left: then it lets go of the run. */
    boolean unuse() {
        users--;
        if (users == 0) {
            listening.stop();
            run.close();
        }
        return users == 0;
    }

    /** Whether the group reads by this hold, and so will close it itself. */
    boolean dependsOn(FollowedRun hold) {
        return run.equals(hold);
    }

    /** Takes a reader in, if it stands where the others do; else it has to read on and ask again. */
    boolean join(StreamConnection reader, long itsPosition) {
        if (members.isEmpty()) {
            position = itsPosition;
        } else if (itsPosition > position) {
            advance();
        }
        if (itsPosition != position) {
            return false;
        }
        reader.place = members.size();
        members.add(reader);
        return true;
    }

    /** Lets a member go; the last one takes its place. */
    void part(StreamConnection reader) {
        StreamConnection last = members.removeLast();
        if (last != reader) {
            members.set(reader.place, last);
            last.place = reader.place;
        }
    }

    long position() {
        return position;
    }

    /**
     * Takes its turn, unless it rests after a long one: where very many read, or the loop is busy, others get their turn
     * first, the publishers of this run among them, and what they bring meanwhile goes out in one write for each reader.
     */
    private void wokenUp() {
        long begin = System.nanoTime();
        if (restEndsNanos - begin > 0) {
            if (!wokenInRest) {
                wokenInRest = true;
                loop.loop.schedule(this::restIsOver, restEndsNanos - begin, TimeUnit.NANOSECONDS);
            }
            return;
        }
        advance();
        long end = System.nanoTime();
        restEndsNanos = end - begin < LONG_TURN_NANOS ? end : end + (end - begin) / REST_SHARE;
    }

    private void restIsOver() {
        wokenInRest = false;
        wokenUp();
    }

    /** Brings all members towards the end of the log, as far as it is this group's turn. */
    private void advance() {
        try {
            for (int i = 0; i < SLICES_IN_A_ROW; i++) {
                if (members.isEmpty() || !step()) {
                    return;
                }
            }
            wakeUp.run();
        } catch (RuntimeException | Error fault) {
            dropRead();
            // Who has had what can no longer be told: all come back to the position that they know of.
            forAll(reader -> reader.failed(fault));
        }
    }

    /** Delivers what comes next; whether there may be more. */
    private boolean step() {
        if (run.isReset()) {
            forAll(reader -> reader.closeWith(Closing.RESET));
            return false;
        }
        switch (run.log().read(position, MOST_AT_ONCE_BYTES, this)) {
            case LogRead.Slice read -> {
                position = read.lastSeq();
                deliverRead();
            }
            case LogRead.Gap gap -> {
                position = gap.toSeq();
                byte[] frame = ControlFrames.gap(run.record(), run.log(), gap);
                loop.observer.sent((long) frame.length * members.size());
                deliver(Framing.Shared.of(frame, PooledByteBufAllocator.DEFAULT), false);
            }
            case LogRead.Absent _ -> {
                forAll(StreamConnection::fallBehind);
                return false;
            }
            case LogRead.CaughtUp _ -> {
                if (isEnd(position)) {
                    forAll(StreamConnection::finish);
                }
                return false;
            }
        }
        return true;
    }

    private void deliverRead() {
        if (framed != null) {
            Framing.Shared small = framed;
            framed = null;
            loop.observer.sent((long) small.plainLength() * members.size());
            deliver(small, true);
        } else {
            ByteBuf large = Objects.requireNonNull(slice);
            slice = null;
            deliver(large);
        }
    }

    private void dropRead() {
        if (framed != null) {
            framed.release();
            framed = null;
        }
        if (slice != null) {
            slice.release();
            slice = null;
        }
    }

    private void deliver(ByteBuf events) {
        try {
            loop.observer.sent((long) events.readableBytes() * members.size());
            forAll(reader -> reader.deliver(events.retainedDuplicate()));
        } finally {
            events.release();
        }
    }

    private void deliver(Framing.Shared shared, boolean events) {
        try {
            long now = System.nanoTime();
            forAll(reader -> reader.deliver(shared, events, now));
        } finally {
            shared.release();
        }
    }

    /** Backwards, since a reader may leave during the call. */
    private void forAll(Consumer<StreamConnection> action) {
        for (int i = members.size() - 1; i >= 0; i--) {
            action.accept(members.get(i));
        }
    }

    /** What is small is framed at once, by a copy. */
    @Override
    public void accept(Slab slab, int offset, int length) {
        if (length <= MOST_COPIED_BYTES) {
            framed = Framing.Shared.of(slab, offset, length, PooledByteBufAllocator.DEFAULT);
        } else {
            slice = NettySlabs.retainedSlice(slab, offset, length);
        }
    }

    /** Whether a reader at this position has all there will ever be. */
    boolean isEnd(long at) {
        return run.record().isEnded() && run.record().lastSeq() == at;
    }
}
