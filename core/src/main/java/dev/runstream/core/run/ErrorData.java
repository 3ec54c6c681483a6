package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;

/** The data of {@code error} events. */
public final class ErrorData {
    public static final String CANCELLED = "cancelled";
    public static final String TIMEOUT = "timeout";
    public static final String WORKER_LOST = "worker-lost";
    public static final String EVENT_TOO_LARGE = "event-too-large";
    /** Where a worker gives no code. */
    public static final String FAILED = "failed";

    private ErrorData() {}

    /** An error of the server's own. */
    public static JsonBytes of(String message, String code, boolean retriable) {
        return empty().with("message", JsonBytes.ofString(message))
                .with("code", JsonBytes.ofString(code))
                .with("retriable", JsonBytes.ofBoolean(retriable))
                .json();
    }

    /** A worker's error with what it left out. */
    static JsonBytes completed(JsonBytes given) {
        JsonObjectView error = JsonObjectView.of(given);
        if (!error.has("code")) {
            error = error.with("code", JsonBytes.ofString(FAILED));
        }
        return withRetriable(error).json();
    }

    /** A worker's error under a code that is not its own. */
    static JsonBytes underCode(JsonBytes given, String code) {
        return withRetriable(JsonObjectView.of(given).without("code").with("code", JsonBytes.ofString(code)))
                .json();
    }

    static boolean hasCode(JsonBytes error, String code) {
        return JsonObjectView.of(error).values("code").stream().anyMatch(value -> value.isString(code));
    }

    private static JsonObjectView withRetriable(JsonObjectView error) {
        return error.has("retriable") ? error : error.with("retriable", JsonBytes.ofBoolean(false));
    }

    private static JsonObjectView empty() {
        return JsonObjectView.of(JsonBytes.trusted(new byte[] {'{', '}'}));
    }
}
