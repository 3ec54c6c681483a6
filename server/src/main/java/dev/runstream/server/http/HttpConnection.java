package dev.runstream.server.http;

import dev.runstream.server.transport.Flushes;
import dev.runstream.server.transport.LoopTasks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the requests of one connection, one after the other, until an endpoint takes the connection over.
 *
 * <p>What was sent ahead waits its turn, and when there is much of it, or the peer does not take its answers, it is left
 * in the socket. Where a connection cannot go on after an answer, the answer goes out, our side is closed, and what still
 * arrives is thrown away for a while, so that the peer can read the answer instead of a reset.
 *
 * <p>Confined to the connection's event loop, except {@link #respond}, which any thread may call.
 */
public final class HttpConnection extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    // immutable
    private final Router router;
    private final RequestRules rules;
    private final ConnectionDeadlines deadlines;
    private final ConnectionTimes times;
    private final Channel channel;

    // event loop only: what has arrived
    private final WaitingObjects waiting = new WaitingObjects();
    private boolean working;
    private boolean sawObject;
    private boolean headBegun;
    private boolean inputEnded;

    // event loop only: the request being served
    private @Nullable Exchange current;
    private BodySink body = BodySink.IGNORE;
    private boolean bodyArrived = true;
    private boolean bodyPaused;
    private Duration bodyTimeout;

    // event loop only: the end
    private boolean lastRequest;
    private boolean discarding;
    private boolean answerIsOut;
    private final UnsentOutput unsent;
    /** When this connection is given up if nothing happens, by {@link System#nanoTime}. */
    private long deadlineNanos;

    HttpConnection(Router router, RequestRules rules, ConnectionDeadlines deadlines, Channel channel) {
        this.router = router;
        this.rules = rules;
        this.deadlines = deadlines;
        this.times = deadlines.times();
        this.channel = channel;
        bodyTimeout = times.body();
        unsent = new UnsentOutput(channel);
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadlines.add(this);
        waitFor(times.head());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadlines.remove(this);
        waiting.drop();
    }

    private void waitFor(Duration duration) {
        waitFor(duration, System.nanoTime());
    }

    private void waitFor(Duration duration, long nowNanos) {
        deadlineNanos = nowNanos + duration.toNanos();
    }

    private void waitForAnswerTo(Exchange exchange) {
        deadlineNanos = exchange.receivedNanos() + Long.MAX_VALUE / 2;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (discarding || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        sawObject = true;
        headBegun = false;
        waiting.add(object);
        work();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!sawObject && !headBegun && current == null && bodyArrived && !discarding) {
            headBegun = true;
            waitFor(times.head());
        }
        sawObject = false;
        ctx.fireChannelReadComplete();
    }

    /** The peer takes its answers again. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        work();
        ctx.fireChannelWritabilityChanged();
    }

    /** Takes what waits, as far as it may be taken now. A loop, since an endpoint may answer while it is called. */
    private void work() {
        if (working || discarding) {
            return;
        }
        working = true;
        try {
            while (!waiting.isEmpty() && mayBeTaken(waiting.first())) {
                accept(waiting.removeFirst());
            }
        } finally {
            working = false;
        }
        if (discarding) {
            return;
        }
        if (inputEnded && current == null && waiting.isEmpty()) {
            closeWhenWritten();
        } else if (channel.isActive()) {
            channel.config().setAutoRead(!bodyPaused && !waiting.isFull());
        }
    }

    /** A request waits for the whole of the one before, for its answer, and for the peer to take its answers. */
    private boolean mayBeTaken(HttpObject object) {
        return !(object instanceof HttpRequest) || (current == null && bodyArrived && channel.isWritable());
    }

    private void accept(HttpObject object) {
        if (object instanceof HttpRequest head) {
            begin(head);
        }
        if (object instanceof HttpContent content) {
            try {
                take(content);
            } finally {
                content.release();
            }
        }
    }

    private void begin(HttpRequest head) {
        bodyArrived = false;
        bodyTimeout = times.body();
        long now = System.nanoTime();
        waitFor(bodyTimeout, now);
        Optional<Problem> fault = HeadFaults.of(head);
        lastRequest = fault.isPresent();
        RequestTarget target = RequestTarget.NONE;
        if (fault.isEmpty()) {
            try {
                target = RequestTarget.parse(head.uri());
            } catch (IllegalArgumentException undecodable) {
                fault = Optional.of(Problem.invalidRequest("the request's address is not well-formed"));
            }
        }
        Exchange exchange = new Exchange(this, head, target, now);
        current = exchange;
        if (fault.isPresent()) {
            exchange.respond(fault.get());
            return;
        }
        try {
            BodySink sink = dispatch(exchange);
            if (current == exchange) {
                body = sink;
                askForBody(head);
            }
        } catch (RuntimeException broken) {
            failed(exchange, broken);
        }
    }

    private BodySink dispatch(Exchange exchange) {
        Optional<Problem> refused =
                rules.refuse(exchange.request(), exchange.target().authority());
        if (refused.isPresent()) {
            exchange.respond(refused.get());
            return BodySink.IGNORE;
        }
        Optional<Response> preflight = rules.preflight(exchange.request());
        if (preflight.isPresent()) {
            exchange.respond(preflight.get());
            return BodySink.IGNORE;
        }
        return router.route(exchange);
    }

    private void askForBody(HttpRequest head) {
        if (HttpUtil.is100ContinueExpected(head)) {
            channel.writeAndFlush(ResponseEncoder.continuing());
        }
    }

    private void take(HttpContent content) {
        if (bodyArrived || discarding) {
            return;
        }
        Exchange exchange = current;
        if (content.decoderResult().isFailure()) {
            lastRequest = true;
            giveUp(exchange, Problem.invalidRequest("the request's body is not well-formed HTTP"));
            return;
        }
        bodyArrived = content instanceof LastHttpContent;
        if (exchange == null) {
            return;
        }
        if (bodyArrived) {
            waitForAnswerTo(exchange);
        } else {
            waitFor(bodyTimeout);
        }
        try {
            if (content.content().isReadable()) {
                body.data(content.content());
            }
            if (bodyArrived && current == exchange) {
                body.end();
            }
        } catch (RuntimeException fault) {
            failed(exchange, fault);
        }
    }

    private void failed(Exchange exchange, RuntimeException fault) {
        LOG.error("a request failed: {} {}", exchange.method(), exchange.path(), fault);
        giveUp(exchange, Problem.internal());
    }

    /** Answers for an endpoint that cannot, and tells it. */
    private void giveUp(@Nullable Exchange exchange, Problem problem) {
        BodySink unfinished = body;
        if (exchange == null) {
            closeWhenWritten();
        } else {
            exchange.respond(problem);
            unfinished.aborted();
        }
    }

    void respond(Exchange exchange, Response response) {
        if (channel.eventLoop().inEventLoop()) {
            send(exchange, response);
        } else {
            try {
                LoopTasks.execute(channel.eventLoop(), () -> send(exchange, response));
            } catch (RejectedExecutionException serverHasClosed) {
                LOG.debug("an answer came too late: {} {}", exchange.method(), exchange.path());
            }
        }
    }

    private void send(Exchange exchange, Response response) {
        if (current != exchange) {
            return;
        }
        current = null;
        body = BodySink.IGNORE;
        bodyPaused = false;
        boolean keepAlive = HttpUtil.isKeepAlive(exchange.request())
                && !lastRequest
                && bodyArrives(exchange.request())
                && !(inputEnded && waiting.isEmpty())
                && channel.parent().isOpen();
        // First, so that who has read the answer finds free what the request held.
        exchange.settled();
        ByteBuf answer = encoded(exchange, response, keepAlive);
        if (keepAlive) {
            waitFor(times.idle());
            // Without a promise, a failure comes as an exception, which closes the connection.
            channel.write(answer, channel.voidPromise());
            Flushes.afterServing(channel);
            work();
        } else {
            closeGently(channel.writeAndFlush(answer));
        }
    }

    /** Whether the body has arrived, or there is none, so that the next request can be told from it. */
    private boolean bodyArrives(HttpRequest head) {
        return bodyArrived || (!HttpUtil.isTransferEncodingChunked(head) && HttpUtil.getContentLength(head, 0L) == 0);
    }

    private ByteBuf encoded(Exchange exchange, Response response, boolean keepAlive) {
        HttpHeaders headers = response.headers();
        HttpResponseStatus status = response.status();
        // RFC 9110, section 8.6: after 204 there is none, and after 304 it would tell of the whole answer.
        if (!status.equals(HttpResponseStatus.NO_CONTENT) && !status.equals(HttpResponseStatus.NOT_MODIFIED)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        rules.decorate(exchange.request(), headers);
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!exchange.version().isKeepAliveDefault()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return ResponseEncoder.encode(response, !exchange.isHead(), channel.alloc());
    }

    /** Closes our side when the answer is out, and the whole when the peer has, or has had time to read it. */
    private void closeGently(ChannelFuture written) {
        discard();
        written.addListener(sent -> {
            answerIsOut = true;
            if (inputEnded || !sent.isSuccess() || !(channel instanceof DuplexChannel duplex)) {
                channel.close();
            } else {
                waitFor(times.discard());
                duplex.shutdownOutput();
            }
        });
    }

    private void closeWhenWritten() {
        discard();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void discard() {
        discarding = true;
        waiting.drop();
        waitFor(times.stalled());
        channel.config().setAutoRead(true);
    }

    void pauseBody(Exchange exchange, boolean paused) {
        if (current == exchange) {
            bodyPaused = paused;
            if (!bodyArrived) {
                waitFor(bodyTimeout);
            }
            work();
        }
    }

    void bodyTimeout(Exchange exchange, Duration timeout) {
        if (current == exchange && !bodyArrived) {
            bodyTimeout = timeout;
            waitFor(timeout);
        }
    }

    HttpHeaders takeOver(Exchange exchange, ChannelHandler successor) {
        HttpHeaders decoration = new DefaultHttpHeaders();
        rules.decorate(exchange.request(), decoration);
        current = null;
        exchange.settled();
        discarding = true;
        channel.config().setAutoRead(true);
        channel.pipeline().replace(this, null, successor);
        channel.pipeline().remove(HttpRequestDecoder.class);
        return decoration;
    }

    /** Gives the connection up if its time has come. */
    void checkDeadline(long nowNanos) {
        if (unsent.stalledNanos(nowNanos) >= times.stalled().toNanos()) {
            channel.close();
        } else if (nowNanos - deadlineNanos >= 0 && !bodyPaused && !unsent.isPending()) {
            timeIsUp(nowNanos);
        }
    }

    private void timeIsUp(long nowNanos) {
        if (discarding) {
            channel.close();
        } else if (current != null && !bodyArrived) {
            giveUp(current, timedOut("the request's body stopped arriving"));
        } else if (current == null && headBegun) {
            lastRequest = true;
            HttpRequest never = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "*");
            current = new Exchange(this, never, RequestTarget.NONE, nowNanos);
            giveUp(current, timedOut("the request's head took too long to arrive"));
        } else {
            closeWhenWritten();
        }
    }

    private static Problem timedOut(String detail) {
        return Problem.of(HttpResponseStatus.REQUEST_TIMEOUT, "request-timeout", detail);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    /** The peer sends nothing more, but may still be waiting for answers. */
    private void inputEnded() {
        inputEnded = true;
        if (discarding) {
            if (answerIsOut) {
                channel.close();
            }
        } else if (current != null && !bodyArrived) {
            giveUp(current, Problem.invalidRequest("the request ended before its body did"));
        } else {
            work();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        BodySink unfinished = body;
        Exchange unanswered = current;
        body = BodySink.IGNORE;
        current = null;
        unfinished.aborted();
        if (unanswered != null) {
            unanswered.settled();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean isPeers = cause instanceof IOException || cause instanceof UncheckedIOException;
        if (!isPeers) {
            LOG.warn("a connection failed", cause);
        }
        channel.close();
    }

    /** Whoever closes it, an answer that was put off goes out before. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        discarding = true;
        waiting.drop();
        ctx.flush();
        ctx.close(promise);
    }

    /** When it is given up if nothing happens; for idle ones the order in which they became idle, roughly. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isIdle() {
        return current == null && !discarding;
    }

    /** Closes the connection unless it serves a request. */
    void closeIfIdle() {
        if (isIdle()) {
            closeWhenWritten();
        }
    }

    /** The server stops: a request whose body may still take long is to end. */
    void drain() {
        body.drain();
    }
}
