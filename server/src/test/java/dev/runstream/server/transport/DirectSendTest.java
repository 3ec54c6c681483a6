package dev.runstream.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class DirectSendTest {
    private static final int MORE_THAN_SOCKETS_HOLD = 32 * 1024 * 1024;

    private EventLoopGroup loops;
    private Channel listening;
    private Channel channel;
    private Socket peer;

    @BeforeEach
    void connect() throws Exception {
        connect(Transport.EPOLL);
    }

    private void connect(Transport transport) throws Exception {
        loops = transport.newLoops(1, "direct-send");
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        listening = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new ChannelInboundHandlerAdapter());
                        accepted.complete(child);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        peer = new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) listening.localAddress()).getPort());
        channel = accepted.get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() throws Exception {
        peer.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private <T> T onLoop(Callable<T> call) throws Exception {
        try {
            return channel.eventLoop().submit(call).get(10, TimeUnit.SECONDS);
        } catch (ExecutionException fault) {
            if (fault.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw fault;
        }
    }

    private DirectSend direct() {
        return DirectSend.to(channel).orElseThrow();
    }

    private byte[] received(int length) throws IOException {
        byte[] all = new byte[length];
        new DataInputStream(peer.getInputStream()).readFully(all);
        return all;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static ByteBuf text(String text) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(text.length())
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void sendsTheBytesAskedFor() throws Exception {
        ByteBuf bytes = text("<<hello>>");
        assertThat(onLoop(() -> direct().send(bytes, 2, 5))).isEqualTo(5);
        bytes.release();
        assertThat(text(received(5))).isEqualTo("hello");
    }

    @Test
    void leavesWhatTheSystemDoesNotTake() throws Exception {
        byte[] expected = new byte[MORE_THAN_SOCKETS_HOLD];
        new Random(5).nextBytes(expected);
        ByteBuf bytes =
                PooledByteBufAllocator.DEFAULT.directBuffer(expected.length).writeBytes(expected);
        int sent = onLoop(() -> {
            int taken = direct().send(bytes, 0, MORE_THAN_SOCKETS_HOLD);
            channel.writeAndFlush(bytes.retainedSlice(taken, MORE_THAN_SOCKETS_HOLD - taken));
            return taken;
        });
        bytes.release();
        assertThat(sent).isPositive().isLessThan(MORE_THAN_SOCKETS_HOLD);
        assertThat(received(MORE_THAN_SOCKETS_HOLD)).isEqualTo(expected);
    }

    @Test
    void neverOvertakesWhatIsQueued() throws Exception {
        ByteBuf bytes = text("second");
        int past = onLoop(() -> {
            channel.write(text("first "));
            int taken = direct().send(bytes, 0, 6);
            channel.flush();
            return taken;
        });
        assertThat(past).isZero();
        assertThat(onLoop(() -> direct().send(bytes, 0, 6))).isEqualTo(6);
        bytes.release();
        assertThat(text(received(12))).isEqualTo("first second");
    }

    @Test
    void sendsNothingToAClosedChannelWhoseDescriptorIsAnothersNow() throws Exception {
        DirectSend before = direct();
        channel.close().sync();
        try (Socket other = new Socket(
                InetAddress.getLoopbackAddress(), ((InetSocketAddress) listening.localAddress()).getPort())) {
            ByteBuf bytes = text("not for you");
            assertThat(onLoop(() -> before.send(bytes, 0, bytes.readableBytes())))
                    .isZero();
            bytes.release();
            other.setSoTimeout(200);
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tellsThatTheConnectionIsBroken() throws Exception {
        ByteBuf bytes = text("hello");
        peer.setSoLinger(true, 0);
        assertThatThrownBy(() -> onLoop(() -> {
                    // While the loop is here, the channel cannot hear of it by itself.
                    peer.close();
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
                    while (System.nanoTime() < end) {
                        direct().send(bytes, 0, 5);
                    }
                    return null;
                }))
                .isInstanceOf(IOException.class);
        bytes.release();
    }

    @Test
    void leavesTheChannelsOfOtherTransportsAlone() throws Exception {
        disconnect();
        connect(Transport.NIO);
        assertThat(DirectSend.to(channel)).isEmpty();
    }
}
