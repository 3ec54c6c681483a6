package dev.runstream.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Sets up each connection that is accepted, as HTTP/1.1. */
public final class HttpConnections extends ChannelInitializer<Channel> {
    private static final int LONGEST_FIRST_LINE = 16 * 1024;
    private static final int LARGEST_HEAD = 32 * 1024;
    private static final int LARGEST_PIECE = 64 * 1024;

    private final Router router;
    private final RequestRules rules;
    private final int most;
    private final Map<EventExecutor, ConnectionDeadlines> deadlines = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    /** @param most connections at once, streams included; for a further one the longest idle one goes, else it itself */
    public HttpConnections(Router router, RequestRules rules, EventLoopGroup loops, ConnectionTimes times, int most) {
        this.router = router;
        this.rules = rules;
        this.most = most;
        for (EventExecutor loop : loops) {
            deadlines.put(loop, new ConnectionDeadlines((EventLoop) loop, times));
        }
    }

    @Override
    protected void initChannel(Channel channel) {
        ConnectionDeadlines own = Objects.requireNonNull(deadlines.get(channel.eventLoop()));
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (open.incrementAndGet() > most && !own.closeLongestIdle()) {
            makeRoomElsewhere(channel, new ArrayDeque<>(deadlines.keySet()));
        }
        HttpDecoderConfig decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_FIRST_LINE)
                .setMaxHeaderSize(LARGEST_HEAD)
                .setMaxChunkSize(LARGEST_PIECE);
        channel.pipeline()
                .addLast(new HttpRequestDecoder(decoding))
                .addLast(new HttpConnection(router, rules, own, channel));
    }

    /** Has one event loop after the other look for an idle connection; where none has one, the new one goes. */
    private void makeRoomElsewhere(Channel channel, Deque<EventExecutor> loops) {
        EventExecutor next = loops.poll();
        if (next == null) {
            channel.close();
            return;
        }
        next.execute(() -> {
            boolean isOwn = next.equals(channel.eventLoop());
            if (isOwn || !Objects.requireNonNull(deadlines.get(next)).closeLongestIdle()) {
                makeRoomElsewhere(channel, loops);
            }
        });
    }

    /** Has requests end whose bodies may take long; any thread. */
    public void drain() {
        deadlines.forEach((loop, own) -> loop.execute(own::drain));
    }

    /** Closes the connections that serve no request; any thread. */
    public void closeIdle() {
        deadlines.forEach((loop, own) -> loop.execute(own::closeIdle));
    }
}
