package dev.runstream.server.api;

import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.BodyMemory;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST …/run/:runId/events}: takes the events of a worker elsewhere. */
final class PublishEndpoint implements Endpoint {
    // With their hashes, as each request is asked for them.
    private static final AsciiString PRODUCER_ID = AsciiString.cached("Producer-Id");
    private static final AsciiString PRODUCER_EPOCH = AsciiString.cached("Producer-Epoch");
    private static final AsciiString PRODUCER_SEQ = AsciiString.cached("Producer-Seq");

    private static final int LONGEST_PRODUCER_ID = 128;
    /** Counting on from it never overflows. */
    private static final long LARGEST_SEQ = 1L << 62;

    private final RunStore store;
    private final int maxEventBytes;
    private final Duration lease;
    private final BodyMemory bodies;

    PublishEndpoint(RunStore store, int maxEventBytes, Duration lease, BodyMemory bodies) {
        this.store = store;
        this.maxEventBytes = maxEventBytes;
        this.lease = lease;
        this.bodies = bodies;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        String runId = exchange.pathParameter(0);
        if (!RunIds.isValid(runId)) {
            exchange.respond(Problem.runNotFound(runId));
            return BodySink.IGNORE;
        }
        String type = ContentTypes.of(exchange);
        boolean lines = type.equals(ContentTypes.NDJSON);
        if (!lines && !type.equals(ContentTypes.JSON) && !ContentTypes.hasNoBody(exchange)) {
            exchange.respond(ContentTypes.unsupported(ContentTypes.JSON + " or " + ContentTypes.NDJSON));
            return BodySink.IGNORE;
        }
        Optional<Producer> producer;
        try {
            producer = producer(exchange);
        } catch (IllegalArgumentException wrong) {
            exchange.respond(Problem.invalidRequest(String.valueOf(wrong.getMessage())));
            return BodySink.IGNORE;
        }
        if (lines) {
            exchange.bodyTimeout(lease);
        }
        BodyMemory.Share memory = bodies.open();
        exchange.onSettled(memory::close);
        EventReader reader = new EventReader(lines, producer.isPresent(), maxEventBytes, memory);
        return new Publishing(store, exchange, runId, producer, reader).begin();
    }

    private static Optional<Producer> producer(Exchange exchange) {
        @Nullable String id = only(exchange, PRODUCER_ID);
        @Nullable String epoch = only(exchange, PRODUCER_EPOCH);
        @Nullable String seq = only(exchange, PRODUCER_SEQ);
        if (id == null && epoch == null && seq == null) {
            return Optional.empty();
        }
        if (id == null || epoch == null || seq == null) {
            throw new IllegalArgumentException(
                    "Producer-Id, Producer-Epoch and Producer-Seq belong together: send all three or none");
        }
        if (id.isEmpty() || id.length() > LONGEST_PRODUCER_ID) {
            throw new IllegalArgumentException("a Producer-Id has 1 to " + LONGEST_PRODUCER_ID + " characters");
        }
        return Optional.of(new Producer(
                id, number("Producer-Epoch", epoch, Long.MAX_VALUE), number("Producer-Seq", seq, LARGEST_SEQ)));
    }

    private static @Nullable String only(Exchange exchange, AsciiString header) {
        Iterator<String> values = exchange.headers().valueStringIterator(header);
        String first = values.hasNext() ? values.next() : null;
        if (values.hasNext()) {
            throw new IllegalArgumentException(header + " stands there more than once");
        }
        return first;
    }

    private static long number(String header, String text, long largest) {
        if (!text.isEmpty() && text.length() <= 19 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long number = Long.parseUnsignedLong(text);
            if (number >= 0 && number <= largest) {
                return number;
            }
        }
        throw new IllegalArgumentException(header + " has to be a whole number from 0 to " + largest);
    }
}
