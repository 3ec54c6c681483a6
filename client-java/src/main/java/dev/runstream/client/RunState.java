package dev.runstream.client;

import java.util.Locale;
import java.util.Optional;

/** What a run is doing, or how it ended. */
public enum RunState {
    /** Accepted, not begun. */
    QUEUED,
    /** At work. */
    RUNNING,
    /** Its process died; it will run again. */
    RETRYING,
    /** Asked to stop, not stopped yet. */
    CANCELLING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended in an error. */
    FAILED,
    /** Ended by a cancel. */
    CANCELLED;

    /** Whether the run is over. */
    public boolean isEnd() {
        return compareTo(COMPLETED) >= 0;
    }

    /** The state's name on the wire, such as {@code running}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<RunState> tryParse(String wireName) {
        for (RunState state : values()) {
            if (state.wireName().equals(wireName)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
