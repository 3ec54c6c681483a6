package dev.runstream.core.run;

import java.util.Locale;
import java.util.Optional;

/**
 * Where a run stands: {@code queued → running ⇄ retrying}, {@code cancelling} from any of these, and three ends. {@code
 * cancelling} goes only to an end, and an end is reached once.
 */
public enum RunState {
    /** Waits for a free place to run. */
    QUEUED,
    /** A worker has it. */
    RUNNING,
    /** Its worker died; it waits for another. */
    RETRYING,
    /** Asked to stop; its worker has not stopped yet. */
    CANCELLING,
    COMPLETED,
    FAILED,
    CANCELLED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }

    public boolean isEnd() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    /** Whether no worker has the run, so that nobody needs to be told to stop. */
    public boolean isWaiting() {
        return this == QUEUED || this == RETRYING;
    }

    public static Optional<RunState> ofWireName(String name) {
        for (RunState state : values()) {
            if (state.wireName.equals(name)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
