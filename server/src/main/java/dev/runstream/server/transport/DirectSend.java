package dev.runstream.server.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Optional;

/**
 * Gives bytes to the system at once, past the channel's queue of writes: no entry, no reference and no promise for each
 * of very many readers, and what the system does not take can still go the channel's way.
 *
 * <p>Confined to the channel's event loop.
 */
public final class DirectSend {
    private final Channel.Unsafe unsafe;
    private final Socket socket;

    private DirectSend(Channel.Unsafe unsafe, Socket socket) {
        this.unsafe = unsafe;
        this.socket = socket;
    }

    /** To a channel's socket; empty where it is of a transport that cannot be passed by. */
    public static Optional<DirectSend> to(Channel channel) {
        return channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket socket
                ? Optional.of(new DirectSend(channel.unsafe(), socket))
                : Optional.empty();
    }

    /**
     * Sends what the system takes now.
     *
     * @return how many bytes it took; 0 also where the channel has others to send before, or has been closed, or the
     *     bytes have no address
     * @throws IOException if the connection is broken. The channel does not know yet.
     */
    public int send(ByteBuf bytes, int from, int length) throws IOException {
        return hasNothingToSend() && bytes.hasMemoryAddress()
                ? socket.sendAddress(bytes.memoryAddress(), from, from + length)
                : 0;
    }

    /** Only where it is open: the descriptor of a closed channel may be another's by now. */
    private boolean hasNothingToSend() {
        ChannelOutboundBuffer outbound = unsafe.outboundBuffer();
        return outbound != null && outbound.totalPendingWriteBytes() == 0;
    }
}
