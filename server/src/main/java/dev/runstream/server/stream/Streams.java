package dev.runstream.server.stream;

import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.server.ServerSettings;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** All streams of the server: begins them, turns them away where there is no room, and ends them when it stops. */
public final class Streams {
    // immutable
    private final StreamObserver observer;
    private final RandomGenerator random;
    private final int most;
    private final Duration patience;
    private final Map<EventExecutor, LoopStreams> loops = new HashMap<>();

    // shared
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean draining;

    public Streams(ServerSettings settings, EventLoopGroup group, StreamObserver observer, RandomGenerator random) {
        this.observer = observer;
        this.random = random;
        this.most = settings.maxConnections();
        this.patience = settings.keepalive();
        StreamTimes times = StreamTimes.of(settings.keepalive(), settings.idleTimeout(), settings.slowReaderTimeout());
        for (EventExecutor loop : group) {
            loops.put(loop, new LoopStreams((EventLoop) loop, times, observer, random));
        }
    }

    /** Answers a request for a stream. Event loop of the connection only; takes the follow over. */
    void open(Exchange exchange, FollowedRun run, Optional<EventId> asked) {
        Resume resume = resume(run.log(), asked);
        long position = resume == Resume.RESUMED ? asked.orElseThrow().seq() : 0;
        RunRecord record = run.record();
        if (resume == Resume.RESUMED && record.isEnded() && position == record.lastSeq()) {
            run.close();
            exchange.respond(Response.noContent());
        } else if (exchange.isHead()) {
            run.close();
            answerHead(exchange);
        } else if (exchange.channel() instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
            run.close();
            duplex.close();
        } else if (draining) {
            run.close();
            turnAway(exchange, Optional.of(record), Closing.DRAIN);
        } else if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            run.close();
            turnAway(exchange, Optional.of(record), Closing.BUSY);
        } else {
            begin(exchange, run, resume, position);
        }
    }

    private void begin(Exchange exchange, FollowedRun run, Resume resume, long position) {
        Channel channel = exchange.channel();
        boolean chunked = isChunked(exchange);
        LoopStreams loop = Objects.requireNonNull(loops.get(channel.eventLoop()));
        StreamConnection connection =
                new StreamConnection(channel, run, loop, chunked, clientOf(channel), open::decrementAndGet);
        HttpHeaders decoration = exchange.takeOver(connection);
        try {
            connection.begin(StreamHead.encode(decoration, chunked), resume, position, exchange.receivedNanos());
        } catch (RuntimeException | Error fault) {
            connection.failed(fault);
        }
    }

    /** What the position alone tells; whether the events after it are still held, only reading them tells. */
    private static Resume resume(EventLog log, Optional<EventId> asked) {
        if (asked.isEmpty()) {
            return Resume.START;
        }
        EventId position = asked.get();
        return position.epoch() != log.epoch() || position.seq() > log.lastSeq() ? Resume.RESET : Resume.RESUMED;
    }

    private static boolean isChunked(Exchange exchange) {
        return exchange.version().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }

    private static String clientOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
    }

    private static void answerHead(Exchange exchange) {
        HttpHeaders decoration = exchange.takeOver(new LastWords());
        exchange.channel()
                .writeAndFlush(Unpooled.wrappedBuffer(StreamHead.encode(decoration, isChunked(exchange))))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** Answers that the store cannot be asked. Event loop of the connection only. */
    void turnAwayUnasked(Exchange exchange) {
        observer.failed("store");
        turnAway(exchange, Optional.empty(), Closing.BUSY);
    }

    private void turnAway(Exchange exchange, Optional<RunRecord> run, Closing closing) {
        observer.turnedAway(closing.ended());
        boolean chunked = isChunked(exchange);
        HttpHeaders decoration = exchange.takeOver(new LastWords());
        StreamOutput output = new StreamOutput(exchange.channel(), chunked, observer);
        output.begin(StreamHead.encode(decoration, chunked), ControlFrames.closing(run, closing, random));
        output.last().addListener(ChannelFutureListener.CLOSE);
    }

    /** How long a store may take to find a run: with more silence a proxy would give up first. */
    Duration patience() {
        return patience;
    }

    static Problem invalidPosition() {
        return Problem.of(
                HttpResponseStatus.BAD_REQUEST,
                "invalid-last-event-id",
                "the position is not an event id: it reads <epoch>-<seq>, as in the id of an event received before");
    }

    public int openStreams() {
        return open.get();
    }

    /** Ends all streams, each at a random moment within the time; new ones are turned away. Any thread. */
    public void drain(Duration within) {
        draining = true;
        loops.forEach((executor, streams) -> executor.execute(() -> {
            streams.draining = true;
            for (StreamConnection connection : streams.open()) {
                long delay = within.toMillis() == 0 ? 0 : random.nextLong(within.toMillis());
                executor.schedule(() -> connection.closeWith(Closing.DRAIN), delay, TimeUnit.MILLISECONDS);
            }
        }));
    }

    /**
     * Cuts all streams, and returns when each has given back what it held. Not on an event loop. An event loop that is
     * told to stop does not always close its channels first (Netty 4.2.18, without a quiet period), so it is told after
     * this.
     */
    public void cutAll() {
        draining = true;
        List<Future<?>> cuts = new ArrayList<>();
        loops.forEach((executor, streams) ->
                cuts.add(executor.submit(() -> streams.open().forEach(StreamConnection::cutForStop))));
        cuts.forEach(Future::syncUninterruptibly);
    }
}
