package dev.runstream.server.stream;

import dev.runstream.server.transport.TcpState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Tells how long a reader has taken no byte although some were pending.
 *
 * <p>What the channel still holds shows when the system took the last byte: how many writes are done, and how much of the
 * first pending one is left. But the system takes bytes in large pieces and keeps some itself; so where it can be asked,
 * a reader has taken nothing when nothing could be sent to it, or when it acknowledges nothing of what was sent.
 *
 * <p>{@code TCP_USER_TIMEOUT} is not used for that: Linux also breaks connections by it whose peer takes bytes all the
 * time, but in pieces smaller than what waits at the head of the queue.
 *
 * <p>Confined to the channel's event loop.
 */
final class SocketProgress {
    private final Channel channel;
    private long writes;
    private long lastDoneWrites;
    private int lastLeftOfFirst;
    private long lastProgressNanos;
    /** Since when, as far as the looks can tell, data is unacknowledged and no acknowledgement has come. */
    private long unackedSinceNanos;

    SocketProgress(Channel channel, long nowNanos) {
        this.channel = channel;
        lastProgressNanos = nowNanos;
        unackedSinceNanos = nowNanos;
    }

    /** So many buffers were handed to the channel. */
    void wrote(int buffers) {
        writes += buffers;
    }

    /** Whether the channel holds bytes that the system has not taken. */
    boolean isPending() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound != null && !outbound.isEmpty();
    }

    /** How long nothing has been taken, as far as the looks so far can tell; 0 where nothing is pending. */
    long stalledNanos(long nowNanos) {
        long inChannel = stalledInChannelNanos(nowNanos);
        return TcpState.of(channel)
                .map(tcp -> stalledNanos(tcp, inChannel, nowNanos))
                .orElse(inChannel);
    }

    private long stalledNanos(TcpState tcp, long inChannel, long nowNanos) {
        if (!tcp.hasUnacked() || tcp.sinceAckNanos() < nowNanos - unackedSinceNanos) {
            unackedSinceNanos = nowNanos;
        }
        if (tcp.hasUnacked()) {
            return nowNanos - unackedSinceNanos;
        }
        return tcp.isProbing() ? tcp.sinceDataSentNanos() : Math.min(inChannel, tcp.sinceDataSentNanos());
    }

    private long stalledInChannelNanos(long nowNanos) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        if (outbound == null || outbound.isEmpty()) {
            lastProgressNanos = nowNanos;
            return 0;
        }
        long done = writes - outbound.size();
        int left = outbound.current() instanceof ByteBuf first ? first.readableBytes() : 0;
        if (done != lastDoneWrites || left != lastLeftOfFirst) {
            lastDoneWrites = done;
            lastLeftOfFirst = left;
            lastProgressNanos = nowNanos;
        }
        return nowNanos - lastProgressNanos;
    }
}
