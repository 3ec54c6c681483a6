package dev.runstream.server.stream;

/** Is told what happens to streams, for metrics. Called on event loops: must be quick and not block. */
public interface StreamObserver {
    StreamObserver NONE = new StreamObserver() {};

    default void opened(String client) {}

    default void firstByte(long nanosSinceRequest) {}

    default void closed(String client, Ended how, long nanosOpen) {}

    /** A stream was refused with a frame that says so. */
    default void turnedAway(Ended how) {}

    default void resumed(Resume outcome) {}

    /** Bytes of bodies were handed to sockets, without chunk framing. */
    default void sent(long bytes) {}

    default void failed(String reason) {}
}
