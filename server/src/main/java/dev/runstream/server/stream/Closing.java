package dev.runstream.server.stream;

import java.util.Locale;

/** Why a connection ends before its run does. */
enum Closing {
    /** There was no event for a long time; the run goes on. */
    IDLE(false),
    /** The server stops. */
    DRAIN(true),
    /** There is no room for another stream, or the store cannot be asked. */
    BUSY(true),
    /** The log was lost. */
    RESET(false);

    private final boolean spreadsReturns;
    private final String wireName = name().toLowerCase(Locale.ROOT);

    Closing(boolean spreadsReturns) {
        this.spreadsReturns = spreadsReturns;
    }

    /** Whether many are told at once, so that each gets its own time to come back. */
    boolean spreadsReturns() {
        return spreadsReturns;
    }

    String wireName() {
        return wireName;
    }

    Ended ended() {
        return switch (this) {
            case IDLE -> Ended.IDLE;
            case DRAIN -> Ended.DRAIN;
            case BUSY -> Ended.BUSY;
            case RESET -> Ended.RESET;
        };
    }
}
