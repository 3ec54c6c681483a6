package dev.runstream.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the bodies of all requests on their way may take of the heap together. Many large ones at once are refused, rather
 * than the process dying of them. Safe for any thread; who asks at the same moment may pass the limit by one body each.
 */
public final class BodyMemory {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    public BodyMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** What all shares hold now. */
    public long usedBytes() {
        return usedBytes.get();
    }

    private boolean take(long more) {
        if (more > 0 && usedBytes.get() + more > limitBytes) {
            return false;
        }
        usedBytes.addAndGet(more);
        return true;
    }

    /** A share for one request; it holds nothing yet. */
    public Share open() {
        return new Share();
    }

    /** What one request holds. */
    public final class Share implements AutoCloseable {
        private long heldBytes;
        private boolean closed;

        /** Grows or shrinks to so much; false where there is no room to grow, and then it stays as it was. */
        public synchronized boolean resize(long bytes) {
            if (closed || !take(bytes - heldBytes)) {
                return false;
            }
            heldBytes = bytes;
            return true;
        }

        /** Gives all back, for good; may be called again. */
        @Override
        public synchronized void close() {
            usedBytes.addAndGet(-heldBytes);
            heldBytes = 0;
            closed = true;
        }
    }
}
