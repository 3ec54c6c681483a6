package dev.runstream.server.stream;

import dev.runstream.server.transport.DirectSend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one stream's body to its socket, framed as the reader's HTTP version wants it, and knows when the last byte and
 * the last event went out.
 *
 * <p>Confined to the channel's event loop. Whatever is handed in to be written is released.
 */
final class StreamOutput {
    // immutable
    private final Channel channel;
    private final boolean chunked;
    private final StreamObserver observer;
    private final @Nullable DirectSend direct;

    // event loop only
    private final SocketProgress progress;
    private long lastByteNanos;
    private long lastEventNanos;

    /** @param chunked whether the body is chunked; else it ends with the connection */
    StreamOutput(Channel channel, boolean chunked, StreamObserver observer) {
        this.channel = channel;
        this.chunked = chunked;
        this.observer = observer;
        direct = DirectSend.to(channel).orElse(null);
        lastByteNanos = System.nanoTime();
        lastEventNanos = lastByteNanos;
        progress = new SocketProgress(channel, lastByteNanos);
    }

    /** Writes the head and the first frame, in one piece. */
    ChannelFuture begin(byte[] head, byte[] firstFrame) {
        progress.wrote(1);
        channel.write(Unpooled.wrappedBuffer(head), channel.voidPromise());
        return frame(firstFrame);
    }

    ChannelFuture events(ByteBuf events) {
        observer.sent(events.readableBytes());
        ChannelFuture written = write(events);
        lastEventNanos = lastByteNanos;
        return written;
    }

    ChannelFuture frame(byte[] frame) {
        observer.sent(frame.length);
        return write(Unpooled.wrappedBuffer(frame));
    }

    /** Writes what has been framed, and counted as sent, for many; whether the system has all of it by now. */
    boolean shared(Framing.Shared shared, boolean events, long nowNanos) {
        lastByteNanos = nowNanos;
        if (events) {
            lastEventNanos = nowNanos;
        }
        try {
            int length = shared.length(chunked);
            int sent = direct == null ? 0 : direct.send(shared.chunk(), shared.from(chunked), length);
            if (sent == length) {
                return true;
            }
            progress.wrote(1);
            channel.writeAndFlush(shared.forConnection(chunked, sent), channel.voidPromise());
        } catch (IOException | NotYetConnectedException broken) {
            channel.pipeline().fireExceptionCaught(broken);
        }
        return false;
    }

    /** Writes events as they lie in their slab, which have been counted as sent for many. */
    void shared(ByteBuf events) {
        write(events);
        lastEventNanos = lastByteNanos;
    }

    /** Writes the end of the body. */
    ChannelFuture last() {
        progress.wrote(1);
        return channel.writeAndFlush(chunked ? Framing.lastChunk() : Unpooled.EMPTY_BUFFER);
    }

    /** Writes bytes as a chunk of their own. */
    private ChannelFuture write(ByteBuf plain) {
        lastByteNanos = System.nanoTime();
        if (!chunked) {
            progress.wrote(1);
            return channel.writeAndFlush(plain);
        }
        progress.wrote(3);
        channel.write(Framing.sizeLine(plain.readableBytes(), channel.alloc()), channel.voidPromise());
        channel.write(plain, channel.voidPromise());
        return channel.writeAndFlush(Framing.lineEnd());
    }

    SocketProgress progress() {
        return progress;
    }

    long lastByteNanos() {
        return lastByteNanos;
    }

    long lastEventNanos() {
        return lastEventNanos;
    }
}
