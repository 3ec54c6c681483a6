package dev.runstream.server.stream;

import java.util.Locale;

/** What became of the position that a reader came with. */
public enum Resume {
    /** It came without one. */
    START,
    /** Exactly the events after it follow. */
    RESUMED,
    /** The events directly after it are no longer held. */
    GAP,
    /** It belongs to another log: the reader starts over. */
    RESET;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
