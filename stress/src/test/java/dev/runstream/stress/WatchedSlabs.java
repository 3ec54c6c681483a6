package dev.runstream.stress;

import dev.runstream.core.log.Slab;
import dev.runstream.core.log.SlabAllocator;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Slabs that notice what must not happen to them. Bytes that were never written, and all bytes of a slab that was given
 * back, are rubbish.
 *
 * <p>Writing and reading order nothing between threads: only what the code under test does may make bytes visible.
 */
public final class WatchedSlabs implements SlabAllocator {
    private static final byte RUBBISH = '!';

    private final AtomicInteger out = new AtomicInteger();
    private final AtomicInteger releasedTwice = new AtomicInteger();
    private final AtomicInteger releasedInUse = new AtomicInteger();

    @Override
    public WatchedSlab allocate(int capacity) {
        out.incrementAndGet();
        return new WatchedSlab(capacity);
    }

    /** What is wrong now that nobody holds any slab; "freed" where each was given back once. */
    public String judge() {
        if (releasedTwice.get() > 0) {
            return "freed twice";
        }
        if (releasedInUse.get() > 0) {
            return "freed in use";
        }
        return out.get() == 0 ? "freed" : "leaked";
    }

    /** One of them. */
    public final class WatchedSlab implements Slab {
        private final byte[] bytes;
        private final AtomicInteger releases = new AtomicInteger();
        private final AtomicInteger pins = new AtomicInteger();

        private WatchedSlab(int capacity) {
            bytes = new byte[capacity];
            Arrays.fill(bytes, RUBBISH);
        }

        @Override
        public int capacity() {
            return bytes.length;
        }

        @Override
        public void write(int offset, byte[] source, int from, int length) {
            System.arraycopy(source, from, bytes, offset, length);
        }

        @Override
        public void read(int offset, byte[] target, int to, int length) {
            System.arraycopy(bytes, offset, target, to, length);
        }

        @Override
        public boolean isPinned() {
            return pins.get() > 0;
        }

        /** As a pending write to a socket does. */
        public void pin() {
            pins.incrementAndGet();
        }

        public void unpin() {
            pins.decrementAndGet();
        }

        @Override
        public void release() {
            if (releases.incrementAndGet() > 1) {
                releasedTwice.incrementAndGet();
                return;
            }
            if (isPinned()) {
                releasedInUse.incrementAndGet();
            }
            Arrays.fill(bytes, RUBBISH);
            out.decrementAndGet();
        }
    }
}
