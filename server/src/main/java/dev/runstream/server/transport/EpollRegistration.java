package dev.runstream.server.transport;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * A channel's place with epoll, which it keeps once it has it. A channel that wants nothing more, since its peer has closed
 * its side and all is sent, is taken out of epoll by Netty (4.2.18 to 4.2.20), which then forgets that: as soon as the
 * channel wants something again, such as to send what did not fit into the socket, that fails and the channel is closed.
 * So instead of nothing this one wants what epoll tells of anyway, an error, and that once: it stays, and nobody takes it
 * before something is sent.
 *
 * <p>Confined to the event loop.
 */
final class EpollRegistration implements IoRegistration {
    private final IoRegistration registration;
    private boolean hasPlace;

    EpollRegistration(IoRegistration registration) {
        this.registration = registration;
    }

    @Override
    public long submit(IoOps ops) {
        if (!ops.equals(EpollIoOps.NONE)) {
            hasPlace = true;
        } else if (hasPlace) {
            return registration.submit(EpollIoOps.EPOLLET);
        }
        return registration.submit(ops);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty declares it
    public <T> T attachment() {
        return registration.attachment();
    }

    @Override
    public boolean isValid() {
        return registration.isValid();
    }

    @Override
    public boolean cancel() {
        return registration.cancel();
    }
}
