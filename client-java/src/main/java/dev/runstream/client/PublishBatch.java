package dev.runstream.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What goes out together, in the order it was published: at most {@code maxBatchBytes}, unless one event alone is
 * larger, and nothing behind a terminal event, a flush or a stop. Confined to the sending thread.
 */
final class PublishBatch {
    private final List<Outgoing.Event> events = new ArrayList<>();
    private @Nullable CompletableFuture<Void> flush;
    private boolean stop;
    private int bytes;

    /** Gathers batches from a queue, keeping what did not fit for the next. */
    static final class Gatherer {
        private final PublishState state;
        private final PublishOptions options;
        private final Waits waits;
        private @Nullable Outgoing carried;

        Gatherer(PublishState state, PublishOptions options, Waits waits) {
            this.state = state;
            this.options = options;
            this.waits = waits;
        }

        /** The next batch; empty where nothing came within {@code atMost}. */
        PublishBatch next(Duration atMost) throws InterruptedException {
            PublishBatch batch = new PublishBatch();
            Outgoing item = carried != null ? carried : waits.poll(state.queue, atMost);
            carried = null;
            long sendAt = waits.nanos() + options.linger().toNanos();
            while (item != null) {
                if (!batch.add(item, options.maxBatchBytes())) {
                    carried = item;
                    return batch;
                }
                if (batch.isClosed()) {
                    return batch;
                }
                item = waits.poll(state.queue, Duration.ofNanos(Math.max(0, sendAt - waits.nanos())));
            }
            return batch;
        }
    }

    private boolean add(Outgoing item, int maxBytes) {
        switch (item) {
            case Outgoing.Event event -> {
                if (!events.isEmpty() && bytes + event.cost() > maxBytes) {
                    return false;
                }
                bytes += event.cost();
                events.add(event);
            }
            case Outgoing.Flush marker -> flush = marker.settled();
            case Outgoing.Stop marker -> stop = true;
        }
        return true;
    }

    private boolean isClosed() {
        return stop || flush != null || endsInTerminal(events);
    }

    List<Outgoing.Event> events() {
        return events;
    }

    /** Whether nothing came at all, not even a flush or a stop. */
    boolean isIdle() {
        return events.isEmpty() && flush == null && !stop;
    }

    boolean isLast() {
        return stop;
    }

    void settleFlush() {
        if (flush != null) {
            flush.complete(null);
        }
    }

    void failFlush(RunstreamException failure) {
        if (flush != null) {
            flush.completeExceptionally(failure);
        }
    }

    static boolean endsInTerminal(List<Outgoing.Event> events) {
        return !events.isEmpty() && events.getLast().isTerminal();
    }

    static byte[] ndjson(List<Outgoing.Event> events) {
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(event.line()));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
