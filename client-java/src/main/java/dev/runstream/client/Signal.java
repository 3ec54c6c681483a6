package dev.runstream.client;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** What the HTTP client's threads, or one that closes, tell the thread that reads a stream. */
sealed interface Signal {
    /** The head of the answer came. */
    record Answered(StreamConnection from, int status, HttpHeaders headers) implements Signal {}

    /** Bytes of the body came; no more do until {@link StreamConnection#more}. */
    record Bytes(StreamConnection from, List<ByteBuffer> bytes) implements Signal {}

    /** The answer is over: cleanly, or by a fault. */
    record Finished(StreamConnection from, Optional<Throwable> fault) implements Signal {}

    /** The reader wants no more. */
    record Closed() implements Signal {}
}
