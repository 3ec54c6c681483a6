package dev.runstream.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.server.RawHttp;
import dev.runstream.server.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A place for one connection only, and one event loop. Epoll tells of sockets in the order in which something came. */
@EnabledOnOs(OS.LINUX)
final class HttpConnectionsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final CompletableFuture<Void> halfClosed = new CompletableFuture<>();
    private EventLoopGroup loops;
    private int port;

    @BeforeEach
    void listen() throws Exception {
        loops = Transport.EPOLL.newLoops(1, "one-loop");
        Router router = new Router(exchange -> {
            if (exchange.path().equals("/never")) {
                exchange.channel().pipeline().addFirst(new TellsOfHalfClose());
            } else {
                exchange.respond(Response.json("true".getBytes(StandardCharsets.US_ASCII)));
            }
            return BodySink.IGNORE;
        });
        RequestRules rules = new RequestRules(List.of(), false);
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(Transport.EPOLL.serverChannel())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new HttpConnections(router, rules, loops, ConnectionTimes.defaults(), 1))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        port = ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @AfterEach
    void stop() throws Exception {
        goesOn.countDown();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    /** Both come within one turn of the loop, so that the answer is still put off when the other takes the place. */
    @Test
    void sendsTheAnswerOfAConnectionThatMakesRoom() throws Exception {
        try (RawHttp served = new RawHttp(port)) {
            served.send(GET);
            assertThat(served.answer(false).status()).isEqualTo(200);

            holdLoop();
            served.send(GET);
            try (RawHttp other = new RawHttp(port)) {
                goesOn.countDown();
                assertThat(served.answer(false).status()).isEqualTo(200);
                assertThat(served.read()).isEqualTo(-1);
                other.send(GET);
                assertThat(other.answer(false).status()).isEqualTo(200);
            }
        }
    }

    /** The error of such a socket stays, and epoll must not tell of it again and again. */
    @Test
    void theLoopRestsWhenAPeerIsGoneThatHadClosedItsSide() throws Exception {
        try (RawHttp gone = new RawHttp(port)) {
            gone.send("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n");
            gone.socket().shutdownOutput();
            halfClosed.get(10, TimeUnit.SECONDS);
            gone.socket().setSoLinger(true, 0);
        }
        long before = loopCpuNanosAfter(0);
        assertThat(loopCpuNanosAfter(500) - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private long loopCpuNanosAfter(long millis) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return loops.schedule(threads::getCurrentThreadCpuTime, millis, TimeUnit.MILLISECONDS)
                .get();
    }

    private final class TellsOfHalfClose extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                halfClosed.complete(null);
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    private void holdLoop() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        loops.execute(() -> {
            held.countDown();
            try {
                assertThat(goesOn.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
    }
}
