package dev.runstream.bench.peer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/** What a connection costs in Netty alone: one shared handler that answers the request's bytes with a head and nothing more. */
public final class BareNetty {
    private static final int BACKLOG = 4096;

    private BareNetty() {}

    /** @param args the port to listen on */
    public static void main(String[] args) {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new HeadOnly())
                .bind(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]))
                .syncUninterruptibly()
                .channel()
                .closeFuture()
                .syncUninterruptibly();
    }

    @Sharable
    private static final class HeadOnly extends ChannelInboundHandlerAdapter {
        private static final ByteBuf HEAD = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer().writeBytes("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            context.writeAndFlush(HEAD.duplicate(), context.voidPromise());
        }
    }
}
