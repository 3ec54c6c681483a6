package dev.runstream.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the system's TCP knows of a connection beyond what its channel shows (Linux, {@code TCP_INFO}).
 *
 * @param sinceDataSentNanos how long ago data last left for the peer
 * @param sinceAckNanos how long ago the peer last acknowledged something
 * @param hasUnacked whether data has left that the peer has not acknowledged
 * @param isProbing whether data waits for a peer that has no room for it
 */
public record TcpState(long sinceDataSentNanos, long sinceAckNanos, boolean hasUnacked, boolean isProbing) {
    /** The state now; empty where the transport cannot tell it. */
    public static Optional<TcpState> of(Channel channel) {
        try {
            return switch (channel) {
                case EpollSocketChannel epoll -> {
                    EpollTcpInfo info = epoll.tcpInfo();
                    yield Optional.of(of(
                            info.lastDataSent(), info.lastAckRecv(), info.unacked(), info.backoff() + info.probes()));
                }
                case IoUringSocketChannel uring -> {
                    IoUringTcpInfo info = uring.tcpInfo();
                    yield Optional.of(of(
                            info.lastDataSent(), info.lastAckRecv(), info.unacked(), info.backoff() + info.probes()));
                }
                default -> Optional.empty();
            };
        } catch (ChannelException closed) {
            return Optional.empty();
        }
    }

    private static TcpState of(long dataSentMillis, long ackMillis, long unacked, int probes) {
        return new TcpState(
                TimeUnit.MILLISECONDS.toNanos(dataSentMillis),
                TimeUnit.MILLISECONDS.toNanos(ackMillis),
                unacked > 0,
                unacked == 0 && probes > 0);
    }

    /** Whether a connection broke because its peer acknowledged nothing for too long. */
    public static boolean isTimeout(Throwable fault) {
        return String.valueOf(fault.getMessage()).contains("timed out");
    }
}
