package dev.runstream.core.log;

/** Tells a log what it has to know of events that a store holds and memory does not. Called by the log's appender. */
@FunctionalInterface
public interface ColdEvents {
    /**
     * The sizes of some consecutive events' data in bytes, from the given one on; at least one, and only of events that
     * the store holds. May block.
     */
    int[] dataBytesFrom(long seq);

    /** For a log that only memory holds. */
    ColdEvents NONE = seq -> {
        throw new IllegalStateException("event " + seq + " is held nowhere");
    };
}
