package dev.runstream.server.stream;

import java.util.Locale;

/** How a stream came to its end, as metrics count it. */
public enum Ended {
    /** The run has ended and the reader has all of it. */
    COMPLETE,
    /** The reader has gone. */
    CLIENT,
    IDLE,
    /** The reader took nothing for too long. */
    SLOW,
    DRAIN,
    BUSY,
    RESET,
    ERROR;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    public String wireName() {
        return wireName;
    }
}
