package dev.runstream.server.stream;

import dev.runstream.core.log.EventId;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.Accept;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.transport.LoopTasks;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET …/stream/:runId}: begins a stream where the reader's position allows. */
public final class StreamEndpoint implements Endpoint {
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final Accept EVENT_STREAM = new Accept("text/event-stream");

    private static final Logger LOG = LoggerFactory.getLogger(StreamEndpoint.class);

    private final RunStore store;
    private final Streams streams;

    public StreamEndpoint(RunStore store, Streams streams) {
        this.store = store;
        this.streams = streams;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        return new Opening(exchange);
    }

    /** One request on its way to becoming a stream. Event loop only. */
    private final class Opening implements BodySink {
        private final Exchange exchange;
        /** The request has been answered, or its peer has gone. */
        private boolean settled;

        private @Nullable Future<?> patience;

        Opening(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void data(ByteBuf ignored) {}

        @Override
        public void aborted() {
            settled = true;
        }

        @Override
        public void end() {
            String runId = exchange.pathParameter(0);
            if (!EVENT_STREAM.allows(exchange.headers().getAll(HttpHeaderNames.ACCEPT))) {
                exchange.respond(Problem.of(
                        HttpResponseStatus.NOT_ACCEPTABLE,
                        "not-acceptable",
                        "a stream is text/event-stream, which the Accept header does not allow"));
                return;
            }
            if (!RunIds.isValid(runId)) {
                exchange.respond(Problem.runNotFound(runId));
                return;
            }
            String asked = askedPosition();
            Optional<EventId> position = EventId.parse(asked);
            EventLoop loop = exchange.channel().eventLoop();
            store.follow(runId)
                    .<Runnable>thenApply(found -> () -> found(runId, asked, position, found))
                    .exceptionally(fault -> () -> unavailable(fault))
                    .thenAccept(task -> onLoop(loop, () -> settle(task)));
            if (!settled) {
                patience = loop.schedule(
                        (Runnable) this::unavailable, streams.patience().toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        private void onLoop(EventLoop loop, Runnable task) {
            if (loop.inEventLoop()) {
                task.run();
            } else {
                LoopTasks.execute(loop, task);
            }
        }

        private void settle(Runnable task) {
            if (patience != null) {
                patience.cancel(false);
            }
            try {
                task.run();
            } catch (RuntimeException | Error fault) {
                LOG.error("a stream of run {} could not begin", exchange.pathParameter(0), fault);
                exchange.channel().close();
            }
        }

        private void unavailable(Throwable fault) {
            LOG.debug("run {} cannot be looked up", exchange.pathParameter(0), fault);
            unavailable();
        }

        private void unavailable() {
            if (!settled) {
                settled = true;
                streams.turnAwayUnasked(exchange);
            }
        }

        private String askedPosition() {
            String header = exchange.headers().get(LAST_EVENT_ID);
            return header != null && !header.isEmpty()
                    ? header
                    : exchange.query("lastEventId").orElse("");
        }

        private void found(String runId, String asked, Optional<EventId> position, Optional<FollowedRun> found) {
            if (settled) {
                found.ifPresent(FollowedRun::close);
                return;
            }
            settled = true;
            if (found.isEmpty()) {
                exchange.respond(Problem.runNotFound(runId));
            } else if (!asked.isEmpty() && position.isEmpty()) {
                found.get().close();
                exchange.respond(Streams.invalidPosition());
            } else {
                streams.open(exchange, found.get(), position);
            }
        }
    }
}
