package dev.runstream.client;

/**
 * What following a run yields: its events, and whatever befalls the stream, in the order it came.
 *
 * <p>Only a {@link StreamEvent} is part of the run's log. A consumer that keeps state from events must also heed
 * {@link Reset} and {@link Gap}; the others are for whoever wants to show the connection.
 */
public sealed interface StreamItem
        permits StreamEvent,
                StreamItem.Opened,
                StreamItem.Gap,
                StreamItem.Reset,
                StreamItem.Closing,
                StreamItem.Disconnected,
                StreamItem.Oversized {
    /** A connection's first frame came. */
    record Opened(FirstFrame frame) implements StreamItem {}

    /**
     * Events of the log that will not be delivered: they were let go before this reader came to them.
     *
     * @param from the first that is missing
     * @param to the last that is missing
     * @param told whether the server said so; else the ids themselves showed it, twice
     */
    record Gap(EventId from, EventId to, boolean told) implements StreamItem {}

    /** The log was made anew, or the position was not of it: drop all state, the events begin again. */
    record Reset() implements StreamItem {}

    /** The server ends this connection, not the run; following goes on. */
    record Closing(Why why) implements StreamItem {
        /** Why a server ends a connection. */
        public enum Why {
            /** Nothing was said for long; the run goes on. */
            IDLE,
            /** The server stops. */
            DRAIN,
            /** The server has no room now. */
            BUSY,
            /** The log was lost. */
            RESET,
            /** A reason this client does not know. */
            OTHER
        }
    }

    /**
     * The connection is gone, and another will be made.
     *
     * @param cause what happened, in words
     * @param failures how many connections in a row did not prove stable
     * @param retryIn how long until the next one
     */
    record Disconnected(String cause, int failures, java.time.Duration retryIn) implements StreamItem {}

    /**
     * An event too large for this client was passed over; the position is now behind it.
     *
     * @param id the event's id
     * @param event the event's name
     * @param bytes how large it was
     */
    record Oversized(EventId id, String event, long bytes) implements StreamItem {}
}
