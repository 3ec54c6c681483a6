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
    private long lastSeen = -1;

    UnsentOutput(Channel channel) {
        this.channel = channel;
    }

    /** Whether something is pending, and the peer has taken some of it since this was last asked. */
    boolean isMoving() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        if (outbound == null || outbound.isEmpty()) {
            return false;
        }
        long left = outbound.totalPendingWriteBytes() - outbound.currentProgress();
        boolean moved = left != lastSeen;
        lastSeen = left;
        return moved;
    }
}
