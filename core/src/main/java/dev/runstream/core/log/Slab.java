package dev.runstream.core.log;

/**
 * A piece of memory that holds encoded events, written once from front to back by one thread and read by many.
 *
 * <p>The bytes below an offset that was published to a reader never change.
 */
public interface Slab {
    /** Size in bytes; the same when it has been released. */
    int capacity();

    /** Copies bytes in; for the one thread that appends. */
    void write(int offset, byte[] source, int from, int length);

    /** Copies bytes out; any thread. */
    void read(int offset, byte[] target, int to, int length);

    /**
     * Whether somebody outside the log, such as a pending write to a socket, still holds the bytes. Once false after the
     * log has let go of the slab, it stays false.
     */
    boolean isPinned();

    /** Gives the memory back. Called once, when it is not pinned. */
    void release();
}
