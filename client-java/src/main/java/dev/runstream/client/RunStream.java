package dev.runstream.client;

import dev.runstream.client.Signal.Answered;
import dev.runstream.client.Signal.Bytes;
import dev.runstream.client.Signal.Closed;
import dev.runstream.client.Signal.Finished;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one run to its end: yields each event of its log once and in order, however often the connection breaks.
 *
 * <p>It can be walked once: each iterator is the same walk. Its {@code hasNext} and {@code next} block until there is
 * something to yield, and connect, wait and resume meanwhile. Nothing is read ahead of them but a few buffers, so a consumer that
 * stops asking stops the socket from being read. They throw {@link RunstreamException} when the server refuses for
 * good (a 4xx other than 408, 425 and 429), answers like no Runstream server, or could not be reached within
 * {@link FollowOptions#maxFailures}, and when the thread is interrupted; the stream is over then.
 *
 * <p>One thread walks it; any thread may {@link #close} it, which closes the connection and ends the walk. Closing
 * never cancels the run.
 */
public final class RunStream implements Iterable<StreamItem>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunStream.class);

    // immutable
    private final ClientSetup setup;
    private final String path;
    private final FollowOptions options;
    // shared: the walking thread opens, whoever closes cancels; each looks at the other's flag after setting its own
    private final BlockingQueue<Signal> inbox = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private volatile @Nullable OpenStream open;
    // the walking thread only
    private final Iterator<StreamItem> walk = new Walk();
    private final Deque<StreamItem> ready = new ArrayDeque<>();
    private final StreamPosition position;
    private final ReconnectDelay delay;
    private long connectAtNanos;
    private boolean ended;
    private @Nullable EventId yielded;

    RunStream(ClientSetup setup, String runId, FollowOptions options) {
        this.setup = setup;
        this.path = "/stream/" + runId;
        this.options = options;
        this.position = new StreamPosition(options.position());
        this.yielded = options.position().orElse(null);
        this.delay = new ReconnectDelay(setup.backoff(), setup.random());
        this.connectAtNanos = setup.waits().nanos();
    }

    /** The walk. It is the same one however often it is asked for. */
    @Override
    public Iterator<StreamItem> iterator() {
        return walk;
    }

    private boolean advance() {
        while (ready.isEmpty() && !ended && !closed) {
            try {
                step();
            } catch (InterruptedException interrupt) {
                close();
                throw RunstreamException.interrupted(interrupt);
            } catch (RuntimeException | Error fatal) {
                ended = true;
                drop();
                throw fatal;
            }
        }
        return !closed && !ready.isEmpty();
    }

    private StreamItem take() {
        StreamItem item = ready.remove();
        switch (item) {
            case StreamEvent event -> yielded = event.id();
            case StreamItem.Oversized passed -> yielded = passed.id();
            case StreamItem.Reset reset -> yielded = null;
            default -> {}
        }
        return item;
    }

    /**
     * The id of the last event that was yielded or passed over: where another stream can go on after this one. Only
     * for the thread that walks.
     */
    public Optional<EventId> position() {
        return Optional.ofNullable(yielded);
    }

    /** Ends the walk and closes the connection; the run goes on. May be called again. */
    @Override
    public void close() {
        closed = true;
        inbox.add(new Closed());
        drop();
    }

    private void drop() {
        OpenStream current = open;
        if (current != null) {
            current.cancel();
        }
    }

    private void step() throws InterruptedException {
        OpenStream current = open;
        if (current != null) {
            read(current);
            return;
        }
        long wait = connectAtNanos - setup.waits().nanos();
        if (wait > 0) {
            setup.waits().poll(inbox, Duration.ofNanos(wait));
        } else {
            connect();
        }
    }

    private void connect() {
        if (setup.http().isTerminated()) {
            throw RunstreamException.unreachable("the client was closed", null);
        }
        HttpRequest.Builder request =
                setup.request(path).setHeader("Accept", "text/event-stream").setHeader("Cache-Control", "no-store");
        position.last().ifPresent(last -> request.setHeader("Last-Event-ID", last.toString()));
        StreamConnection connection = new StreamConnection(setup.http(), request.build(), inbox);
        open = new OpenStream(setup, options, connection, new Frames(position, setup.json(), ready::add));
        if (closed) {
            connection.cancel();
        }
    }

    private void read(OpenStream current) throws InterruptedException {
        Signal signal = setup.waits().poll(inbox, current.patience());
        if (signal != null && isStale(signal, current)) {
            return;
        }
        switch (signal == null ? current.outOfPatience() : current.take(signal)) {
            case OpenStream.Outcome.Going going -> {}
            case OpenStream.Outcome.Ended over -> {
                current.cancel();
                ended = true;
            }
            case OpenStream.Outcome.Lost lost -> reconnectAfter(current, lost);
        }
    }

    private static boolean isStale(Signal signal, OpenStream current) {
        return switch (signal) {
            case Answered head -> !current.isOf(head.from());
            case Bytes piece -> !current.isOf(piece.from());
            case Finished end -> !current.isOf(end.from());
            case Closed reader -> true;
        };
    }

    private void reconnectAfter(OpenStream gone, OpenStream.Outcome.Lost lost) {
        gone.cancel();
        open = null;
        gone.retry().ifPresent(delay::serverAsks);
        if (gone.provedStable()) {
            delay.provedStable();
        }
        Duration wait = delay.next(lost.retryAfter());
        if (delay.failures() >= options.maxFailures()) {
            throw RunstreamException.unreachable(
                    "gave up after " + delay.failures() + " connections in a row: " + lost.cause(), lost.fault());
        }
        log.debug("{}: {}; again in {} ms", path, lost.cause(), wait.toMillis());
        connectAtNanos = setup.waits().nanos() + wait.toNanos();
        ready.add(new StreamItem.Disconnected(lost.cause(), delay.failures(), wait));
    }

    /** Lets a for-each loop drive the stream. */
    private final class Walk implements Iterator<StreamItem> {
        @Override
        public boolean hasNext() {
            return advance();
        }

        @Override
        public StreamItem next() {
            if (!advance()) {
                throw new NoSuchElementException("the stream is over");
            }
            return take();
        }
    }
}
