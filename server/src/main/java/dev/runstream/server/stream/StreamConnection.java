package dev.runstream.server.stream;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.Slab;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.server.transport.NettySlabs;
import dev.runstream.server.transport.TcpState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one run's events to one connection: what is held first, then the live tail.
 *
 * <p>It has no queue of events, only a position. While it is behind it reads the log itself, one slice at a time and the
 * next when the socket has taken the last; when it has all there is it stands in its {@link StreamGroup}, which delivers
 * to all at once. When the socket does not take what the group delivers, it falls behind again.
 *
 * <p>Confined to the connection's event loop.
 */
final class StreamConnection extends ChannelInboundHandlerAdapter implements EventLog.SliceSink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);
    private static final int MOST_AT_ONCE_BYTES = 64 * 1024;
    private static final int SLICES_IN_A_ROW = 16;
    /** Writable again only when all has been taken, so that a stalled reader pins one slab at most. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1, MOST_AT_ONCE_BYTES);

    // immutable
    private final Channel channel;
    private final FollowedRun run;
    private final LoopStreams loop;
    private final StreamGroup group;
    private final StreamOutput output;
    private final String client;
    private final Runnable closed;

    // event loop only
    private long position;
    /** Where it stands among the group's members. */
    int place;

    private boolean inGroup;
    private boolean waitingForSocket;
    private boolean waitingForStore;
    private boolean ending;
    private Ended how = Ended.CLIENT;
    private @Nullable ByteBuf slice;
    /** 0 until it has been written. */
    private long firstByteNanos;

    /** @param closed called once when the connection is gone, whatever the reason */
    StreamConnection(
            Channel channel, FollowedRun run, LoopStreams loop, boolean chunked, String client, Runnable closed) {
        this.channel = channel;
        this.run = run;
        this.loop = loop;
        this.client = client;
        this.closed = closed;
        output = new StreamOutput(channel, chunked, loop.observer);
        group = loop.enter(this, run);
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        run.readerCame();
        loop.observer.opened(client);
    }

    /**
     * Sends the head and the first frame, and then what is held.
     *
     * @param asked what became of the position, as far as its number alone can tell
     * @param fromPosition after which events follow
     */
    void begin(byte[] head, Resume asked, long fromPosition, long requestNanos) {
        long at = fromPosition;
        LogRead read = run.log().read(at, MOST_AT_ONCE_BYTES, this);
        while (read instanceof LogRead.Gap gap) {
            // The first event is taken hold of before its hole is told, since eviction goes on meanwhile.
            at = gap.toSeq();
            read = run.log().read(at, MOST_AT_ONCE_BYTES, this);
        }
        Optional<LogRead.Gap> hole =
                at == fromPosition ? Optional.empty() : Optional.of(new LogRead.Gap(fromPosition + 1, at));
        Resume resume = asked == Resume.RESUMED && hole.isPresent() ? Resume.GAP : asked;
        loop.observer.resumed(resume);
        output.begin(head, ControlFrames.first(run.record(), run.log(), resume, at, hole))
                .addListener(written -> {
                    if (written.isSuccess()) {
                        firstByteNanos = System.nanoTime();
                        loop.observer.firstByte(firstByteNanos - requestNanos);
                    } else {
                        channel.close();
                    }
                });
        position = at;
        if (read instanceof LogRead.Slice events) {
            position = events.lastSeq();
            waitUntilTaken(output.events(takeSlice()));
        }
        catchUp();
    }

    private void catchUp() {
        try {
            readOn();
        } catch (RuntimeException | Error fault) {
            failed(fault);
        }
    }

    /** Reads on until there is nothing more, the socket is full, or it is somebody else's turn. */
    private void readOn() {
        for (int i = 0; i < SLICES_IN_A_ROW; i++) {
            if (ending || inGroup || waitingForSocket || waitingForStore || !channel.isActive()) {
                return;
            }
            if (run.isReset()) {
                closeWith(Closing.RESET);
                return;
            }
            switch (run.log().read(position, MOST_AT_ONCE_BYTES, this)) {
                case LogRead.Slice read -> {
                    position = read.lastSeq();
                    waitUntilTaken(output.events(takeSlice()));
                }
                case LogRead.Gap gap -> {
                    position = gap.toSeq();
                    waitUntilTaken(output.frame(ControlFrames.gap(run.record(), run.log(), gap)));
                }
                case LogRead.Absent _ -> fetch();
                case LogRead.CaughtUp _ -> {
                    if (group.isEnd(position)) {
                        finish();
                    } else {
                        inGroup = group.join(this, position);
                    }
                }
            }
        }
        channel.eventLoop().execute(this::catchUp);
    }

    @Override
    public void accept(Slab slab, int offset, int length) {
        slice = NettySlabs.retainedSlice(slab, offset, length);
    }

    private ByteBuf takeSlice() {
        ByteBuf taken = Objects.requireNonNull(slice);
        slice = null;
        return taken;
    }

    private void fetch() {
        waitingForStore = true;
        run.fetch(position, MOST_AT_ONCE_BYTES).whenComplete((page, fault) -> {
            try {
                channel.eventLoop().execute(() -> fetched(page, fault));
            } catch (RejectedExecutionException stopped) {
                if (page != null) {
                    page.release();
                }
            }
        });
    }

    private void fetched(@Nullable EventPage page, @Nullable Throwable fault) {
        waitingForStore = false;
        if (page == null) {
            if (!ending) {
                // The store says so once; every reader of it would be too much.
                LOG.debug("events of run {} cannot be fetched", run.record().runId(), fault);
                loop.observer.failed("store");
                close(Optional.empty(), Closing.BUSY);
            }
            return;
        }
        try {
            deliver(page);
        } catch (RuntimeException | Error failure) {
            failed(failure);
        } finally {
            page.release();
        }
        catchUp();
    }

    private void deliver(EventPage page) {
        if (!page.isEmpty() && !ending && channel.isActive()) {
            position = page.lastSeq();
            waitUntilTaken(output.events(NettySlabs.retainedSlice(page.slab(), 0, page.length())));
        }
    }

    private void waitUntilTaken(ChannelFuture written) {
        if (!written.isDone()) {
            waitingForSocket = true;
            written.addListener(taken -> {
                waitingForSocket = false;
                catchUp();
            });
        }
    }

    /** Delivers what the group has framed for all. */
    void deliver(Framing.Shared shared, boolean events, long nowNanos) {
        if (!output.shared(shared, events, nowNanos)) {
            leaveGroupIfFull();
        }
    }

    /** Delivers events as they lie in their slab. */
    void deliver(ByteBuf events) {
        output.shared(events);
        leaveGroupIfFull();
    }

    private void leaveGroupIfFull() {
        if (!channel.isWritable()) {
            leaveGroup();
        }
    }

    /** Leaves the group, since what comes next is not in memory. Reads on later: the group is busy with its members. */
    void fallBehind() {
        leaveGroup();
        channel.eventLoop().execute(this::catchUp);
    }

    private void leaveGroup() {
        if (inGroup) {
            position = group.position();
            inGroup = false;
            group.part(this);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !inGroup) {
            catchUp();
        }
    }

    /** Ends the stream after the run's last event. */
    void finish() {
        end(Ended.COMPLETE);
    }

    /** Ends the stream with a last frame that says why, before the end of the run. */
    void closeWith(Closing closing) {
        close(Optional.of(run.record()), closing);
    }

    private void close(Optional<RunRecord> known, Closing closing) {
        if (!ending && channel.isActive()) {
            output.frame(ControlFrames.closing(known, closing, loop.random));
            end(closing.ended());
        }
    }

    private void end(Ended reason) {
        if (ending) {
            return;
        }
        ending = true;
        leaveGroup();
        output.last().addListener(written -> {
            if (written.isSuccess()) {
                how = reason;
            }
            channel.close();
        });
    }

    private void cut(Ended reason) {
        ending = true;
        how = reason;
        leaveGroup();
        channel.close();
    }

    /** Cuts a reader that takes nothing; what the system holds for it is thrown away, not offered on for minutes. */
    private void cutSlow() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        cut(Ended.SLOW);
    }

    /** Cuts the stream because the server stops now. */
    void cutForStop() {
        cut(Ended.DRAIN);
    }

    /** Cuts the stream after a fault of ours: its reader comes back to the position it has reached. */
    void failed(Throwable fault) {
        LOG.warn("a stream of run {} failed", run.record().runId(), fault);
        loop.observer.failed("internal");
        cut(Ended.ERROR);
    }

    /** Looks whether something is due: a keepalive, the end of an idle stream, the cut of a slow reader. */
    void look(long nowNanos) {
        if (!channel.isActive()) {
            return;
        }
        StreamTimes times = loop.times;
        long stalled = output.progress().stalledNanos(nowNanos);
        if (stalled >= times.slowNanos()) {
            cutSlow();
            return;
        }
        long untilNext = Math.min(times.slowNanos() - stalled, times.slowNanos() / 4);
        if (!ending && !output.progress().isPending()) {
            if (nowNanos - output.lastEventNanos() >= times.idleNanos()) {
                closeWith(loop.draining ? Closing.DRAIN : Closing.IDLE);
            } else if (nowNanos - output.lastByteNanos() >= times.keepaliveNanos()) {
                output.frame(ControlFrames.KEEPALIVE);
            }
        }
        // Also where bytes are pending now, which may be over in no time.
        untilNext = Math.min(untilNext, output.lastByteNanos() + times.keepaliveNanos() - nowNanos);
        untilNext = Math.min(untilNext, output.lastEventNanos() + times.idleNanos() - nowNanos);
        loop.lookAfter(untilNext, this);
    }

    /** Nothing that the peer sends after its request matters. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    /** A peer that has closed its side is taken to have left, as a closed browser tab looks no different. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !ending) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause instanceof UncheckedIOException)) {
            failed(cause);
            return;
        }
        if (how == Ended.CLIENT && TcpState.isTimeout(cause)) {
            how = Ended.SLOW;
        }
        channel.close();
    }

    /** The one place where whatever was counted up at the beginning goes down again. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ending = true;
        leaveGroup();
        if (slice != null) {
            takeSlice().release();
        }
        run.readerLeft();
        loop.leave(this, group, run);
        loop.observer.closed(client, how, firstByteNanos == 0 ? 0 : System.nanoTime() - firstByteNanos);
        closed.run();
    }
}
