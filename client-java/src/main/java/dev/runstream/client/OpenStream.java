package dev.runstream.client;

import dev.runstream.client.Signal.Answered;
import dev.runstream.client.Signal.Bytes;
import dev.runstream.client.Signal.Finished;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link RunStream}, from its request to its end. Confined to the walking thread. */
final class OpenStream {
    /** How long a server may take to end a connection after its last frame; then we do. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);

    /** A connection that lived so long was no failure, even if it brought no event. */
    private static final Duration STABLE = Duration.ofSeconds(30);

    private static final int MAX_PROBLEM_BYTES = 64 * 1024;

    private final ClientSetup setup;
    private final FollowOptions options;
    private final StreamConnection connection;
    private final Frames frames;
    private final SseParser parser;
    private final GrowingBytes problem = new GrowingBytes();
    private @Nullable Answered answered;
    private long answeredAtNanos;
    private @Nullable Long overAtNanos;

    OpenStream(ClientSetup setup, FollowOptions options, StreamConnection connection, Frames frames) {
        this.setup = setup;
        this.options = options;
        this.connection = connection;
        this.frames = frames;
        this.parser = new SseParser(options.maxEventBytes(), frames);
    }

    void cancel() {
        connection.cancel();
    }

    boolean isOf(StreamConnection other) {
        return connection == other;
    }

    /** Whether it brought an event, or lived long enough not to count as a failure. */
    boolean provedStable() {
        return frames.delivered() || (answered != null && setup.waits().nanos() - answeredAtNanos >= STABLE.toNanos());
    }

    /** The {@code retry:} the server sent on it. */
    Optional<Duration> retry() {
        return frames.retry();
    }

    /** How long to wait for its next signal. */
    Duration patience() {
        if (overAtNanos == null) {
            return options.quietTimeout();
        }
        long left = overAtNanos + LAST_BYTES.toNanos() - setup.waits().nanos();
        return Duration.ofNanos(Math.max(0, left));
    }

    Outcome outOfPatience() {
        return overAtNanos == null
                ? new Outcome.Lost("no byte for " + options.quietTimeout().toMillis() + " ms", Duration.ZERO, null)
                : over();
    }

    Outcome take(Signal signal) {
        return switch (signal) {
            case Answered head -> takeHead(head);
            case Bytes piece -> takePiece(piece);
            case Finished end -> takeEnd(end);
            case Signal.Closed closed -> new Outcome.Going();
        };
    }

    private Outcome takeHead(Answered head) {
        answered = head;
        answeredAtNanos = setup.waits().nanos();
        if (head.status() == 204) {
            return new Outcome.Ended();
        }
        String type = head.headers().firstValue("Content-Type").orElse("none");
        if (head.status() == 200 && !isEventStream(type)) {
            throw RunstreamException.invalidAnswer("not an event stream but Content-Type " + type, null);
        }
        return new Outcome.Going();
    }

    private static boolean isEventStream(String type) {
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("text/event-stream");
    }

    private Outcome takePiece(Bytes piece) {
        if (answered != null && answered.status() != 200) {
            return takeProblem(answered, piece);
        }
        piece.bytes().forEach(parser::feed);
        if (frames.doubt().isPresent()) {
            return new Outcome.Lost(frames.doubt().get(), Duration.ZERO, null);
        }
        if (overAtNanos == null && (frames.terminal() || frames.closing().isPresent())) {
            overAtNanos = setup.waits().nanos();
        }
        connection.more();
        return new Outcome.Going();
    }

    private Outcome takeProblem(Answered head, Bytes piece) {
        for (ByteBuffer bytes : piece.bytes()) {
            byte[] kept = new byte[Math.min(bytes.remaining(), MAX_PROBLEM_BYTES - problem.size())];
            bytes.get(kept);
            problem.append(kept, 0, kept.length);
        }
        connection.more();
        return problem.size() < MAX_PROBLEM_BYTES ? new Outcome.Going() : refused(head);
    }

    private Outcome takeEnd(Finished end) {
        if (overAtNanos != null) {
            return over();
        }
        if (answered != null && answered.status() != 200) {
            return refused(answered);
        }
        String cause = end.fault().map(ConnectionFaults::inWords).orElse("the connection ended before the run did");
        return new Outcome.Lost(cause, Duration.ZERO, end.fault().orElse(null));
    }

    private Outcome over() {
        return frames.terminal()
                ? new Outcome.Ended()
                : new Outcome.Lost(frames.closing().orElse(""), Duration.ZERO, null);
    }

    private Outcome refused(Answered head) {
        Answer answer = new Answer(head.status(), head.headers(), problem.toByteArray());
        RunstreamException refusal = Problems.read(answer, setup.clock().instant());
        if (!Problems.mayPass(head.status())) {
            throw refusal;
        }
        return new Outcome.Lost(
                String.valueOf(refusal.getMessage()), refusal.retryAfter().orElse(Duration.ZERO), refusal);
    }

    /** What a signal made of the connection. */
    sealed interface Outcome {
        /** More may come. */
        record Going() implements Outcome {}

        /** The run has ended, and all of it was read. */
        record Ended() implements Outcome {}

        /** The connection is gone, the run is not. */
        record Lost(
                String cause, Duration retryAfter, @Nullable Throwable fault) implements Outcome {}
    }
}
