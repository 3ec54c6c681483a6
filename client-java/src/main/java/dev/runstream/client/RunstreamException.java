package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call, a stream or a publisher that failed.
 *
 * <p>Where the server refused, {@link #code} is the stable code of its problem (RFC 9457). The client's own codes
 * have status 0: {@code unreachable} (no answer, however often it was asked), {@code invalid-answer} (an answer
 * that no Runstream server gives; it keeps its status where it had one), {@code interrupted} (the calling thread
 * was, and its flag is set again).
 */
public class RunstreamException extends RuntimeException {
    private final String code;
    private final int status;
    private final @Nullable Duration retryAfter;
    private final List<FieldError> errors;
    private final JsonNode problem;

    RunstreamException(
            String code,
            int status,
            String message,
            @Nullable Duration retryAfter,
            List<FieldError> errors,
            JsonNode problem,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.status = status;
        this.retryAfter = retryAfter;
        this.errors = List.copyOf(errors);
        this.problem = problem;
    }

    /** The same failure, thrown again: the stack trace is the new caller's, the cause the first one. */
    RunstreamException(RunstreamException first, String message) {
        this(first.code, first.status, message, first.retryAfter, first.errors, first.problem, first);
    }

    private static RunstreamException local(String code, String message, @Nullable Throwable cause) {
        return new RunstreamException(code, 0, message, null, List.of(), MissingNode.getInstance(), cause);
    }

    static RunstreamException unreachable(String message, @Nullable Throwable cause) {
        return local("unreachable", message, cause);
    }

    static RunstreamException invalidAnswer(String message, @Nullable Throwable cause) {
        return local("invalid-answer", message, cause);
    }

    /** Sets the thread's interrupt flag again, so that the caller's caller sees it too. */
    static RunstreamException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return local("interrupted", "interrupted while waiting for the server", cause);
    }

    /** The stable code, such as {@code run-not-found}. */
    public String code() {
        return code;
    }

    /** The HTTP status, 0 where there was no answer. */
    public int status() {
        return status;
    }

    /** How long the server asks to wait before the next try. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The faults of an input, each by its field; empty where the server named none. */
    public List<FieldError> errors() {
        return errors;
    }

    /** The whole problem as the server sent it, a missing node where it sent none. */
    public JsonNode problem() {
        return problem;
    }
}
