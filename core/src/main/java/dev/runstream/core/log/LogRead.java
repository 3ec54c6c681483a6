package dev.runstream.core.log;

/** What a log answers to a reader that stands at a position. */
public sealed interface LogRead {
    /** Nothing is held after the position. */
    record CaughtUp() implements LogRead {
        static final CaughtUp INSTANCE = new CaughtUp();
    }

    /**
     * Bytes were handed over.
     *
     * @param lastSeq the last event of them, the reader's new position
     */
    record Slice(long lastSeq) implements LogRead {}

    /**
     * Events directly after the position are no longer held: the reader has to be told, and goes on after them.
     *
     * @param fromSeq the first one missing
     * @param toSeq the last one missing
     */
    record Gap(long fromSeq, long toSeq) implements LogRead {}

    /** The next event is in the store, but not in memory: fetch it. */
    record Absent() implements LogRead {
        static final Absent INSTANCE = new Absent();
    }
}
