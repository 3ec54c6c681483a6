package dev.runstream.server.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * Gives bytes to the system at once, past the channel's queue of writes: no entry, no reference and no promise for each
 * of very many readers, and what the system does not take can still go the channel's way.
 */
public final class DirectSend {
    private DirectSend() {}

    /**
     * Sends what the system takes now; on the channel's event loop.
     *
     * @return how many bytes it took; 0 also where the channel has others to send before, has been closed, or is of a
     *     transport that cannot be passed by
     * @throws IOException if the connection is broken. The channel does not know yet.
     */
    public static int send(Channel channel, ByteBuf bytes, int from, int length) throws IOException {
        if (channel instanceof EpollSocketChannel epoll
                && hasNothingToSend(channel)
                && epoll.fd() instanceof Socket socket
                && bytes.hasMemoryAddress()) {
            return socket.sendAddress(bytes.memoryAddress(), from, from + length);
        }
        return 0;
    }

    /** Only where it is open: the descriptor of a closed channel may be another's by now. */
    private static boolean hasNothingToSend(Channel channel) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound != null && outbound.totalPendingWriteBytes() == 0;
    }
}
