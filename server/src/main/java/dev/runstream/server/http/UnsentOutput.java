package dev.runstream.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * What was written to a connection and not yet taken by its socket.
 *
 * <p>Confined to the channel's event loop.
 */
final class UnsentOutput {
    private final Channel channel;
    private long lastSeen;
    private long lastMovedNanos;

    UnsentOutput(Channel channel) {
        this.channel = channel;
    }

    boolean isPending() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound != null && !outbound.isEmpty();
    }

    /** How long the peer has taken nothing of it, as far as the looks so far can tell; 0 where nothing is pending. */
    long stalledNanos(long nowNanos) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        long left = outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (left == 0 || left != lastSeen) {
            lastSeen = left;
            lastMovedNanos = nowNanos;
        }
        return nowNanos - lastMovedNanos;
    }
}
