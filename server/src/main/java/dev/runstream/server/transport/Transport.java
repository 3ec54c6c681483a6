package dev.runstream.server.transport;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.Optional;

/** How sockets are served: the system's own interface where there is one, else the JDK's. */
public enum Transport {
    EPOLL("epoll") {
        @Override
        Optional<Throwable> whyUnavailable() {
            return Optional.ofNullable(Epoll.unavailabilityCause());
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return TurnIoHandler.around(EpollIoHandler.newFactory(), EpollRegistration::new);
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }

        @Override
        public Map<ChannelOption<?>, Object> unsentOptions() {
            return Map.of(EpollChannelOption.TCP_NOTSENT_LOWAT, MOST_UNSENT_BYTES);
        }
    },
    IO_URING("io_uring") {
        @Override
        Optional<Throwable> whyUnavailable() {
            return Optional.ofNullable(IoUring.unavailabilityCause());
        }

        // Without rests: it counts what it has written as well, so that nothing tells how much has come.
        @Override
        IoHandlerFactory ioHandlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        public Map<ChannelOption<?>, Object> unsentOptions() {
            return Map.of(IoUringChannelOption.TCP_NOTSENT_LOWAT, MOST_UNSENT_BYTES);
        }
    },
    NIO("nio") {
        @Override
        Optional<Throwable> whyUnavailable() {
            return Optional.empty();
        }

        @Override
        IoHandlerFactory ioHandlers() {
            return TurnIoHandler.around(NioIoHandler.newFactory());
        }

        @Override
        public Class<? extends ServerChannel> serverChannel() {
            return NioServerSocketChannel.class;
        }

        // The JDK has no such option, nor can it tell what became of bytes that the system has taken. A small buffer
        // shows sooner that a slow reader takes some.
        @Override
        public Map<ChannelOption<?>, Object> unsentOptions() {
            return Map.of(ChannelOption.SO_SNDBUF, SMALL_BUFFER_BYTES);
        }
    };

    /** What the kernel may hold unsent for one reader; more would hide a dead one for minutes. */
    private static final long MOST_UNSENT_BYTES = 128 * 1024;

    private static final int SMALL_BUFFER_BYTES = 64 * 1024;

    private final String configName;

    Transport(String configName) {
        this.configName = configName;
    }

    /** The name in the configuration and the log. */
    public String configName() {
        return configName;
    }

    abstract Optional<Throwable> whyUnavailable();

    abstract IoHandlerFactory ioHandlers();

    public abstract Class<? extends ServerChannel> serverChannel();

    /** Socket options that bound what the kernel holds unsent for one reader. */
    public abstract Map<ChannelOption<?>, Object> unsentOptions();

    public EventLoopGroup newLoops(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), ioHandlers());
    }

    /**
     * The transport of this name; {@code auto} takes the best one that works here.
     *
     * @throws IllegalArgumentException if there is none of this name, or it does not work here
     */
    public static Transport choose(String name) {
        if (name.equals("auto")) {
            return EPOLL.whyUnavailable().isEmpty() ? EPOLL : NIO;
        }
        for (Transport transport : values()) {
            if (transport.configName.equals(name)) {
                transport.whyUnavailable().ifPresent(cause -> {
                    throw new IllegalArgumentException("transport " + name + " does not work here", cause);
                });
                return transport;
            }
        }
        throw new IllegalArgumentException("unknown transport " + name);
    }
}
