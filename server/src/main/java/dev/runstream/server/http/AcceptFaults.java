package dev.runstream.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pauses a listening socket for a moment where no connection can be accepted, as without free descriptors. */
public final class AcceptFaults extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFaults.class);
    private static final long PAUSE_MILLIS = 1_000;
    private static final long TELL_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    // event loop only
    private long toldNanos = System.nanoTime() - TELL_EVERY_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = System.nanoTime();
        if (now - toldNanos >= TELL_EVERY_NANOS) {
            toldNanos = now;
            LOG.warn("connections cannot be accepted: {}; see --max-connections and ulimit -n", cause.getMessage());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
