package dev.runstream.core.testing;

import dev.runstream.core.log.Slab;
import dev.runstream.core.log.SlabAllocator;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Slabs that notice every misuse: use after release, double release, release while pinned, two writers over the same
 * bytes, and those that never came back. Released bytes are overwritten, so that whoever still reads them gets rubbish.
 *
 * <p>A fault is thrown where it happens and kept for {@link #verify}, since the thrower's caller may swallow it. Safe for
 * any thread.
 */
public final class CheckedSlabs implements SlabAllocator {
    private final Set<CheckedSlab> live = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<AssertionError> faults = new ConcurrentLinkedQueue<>();
    private final AtomicLong allocated = new AtomicLong();

    @Override
    public CheckedSlab allocate(int capacity) {
        allocated.incrementAndGet();
        CheckedSlab slab = new CheckedSlab(capacity);
        live.add(slab);
        return slab;
    }

    /** How many slabs have not come back. */
    public int liveSlabs() {
        return live.size();
    }

    /** The capacity of all that have not come back. */
    public long liveBytes() {
        return live.stream().mapToLong(CheckedSlab::capacity).sum();
    }

    /** How many slabs were ever asked for. */
    public long allocatedSlabs() {
        return allocated.get();
    }

    /** @throws AssertionError the first fault seen so far */
    public void verify() {
        AssertionError first = faults.peek();
        if (first != null) {
            throw first;
        }
    }

    /** As {@link #verify}, and nothing is out. */
    public void verifyAllReturned() {
        verify();
        if (!live.isEmpty()) {
            throw new AssertionError(live.size() + " slabs with " + liveBytes() + " bytes never came back");
        }
    }

    private AssertionError fault(String message) {
        AssertionError fault = new AssertionError(message);
        faults.add(fault);
        return fault;
    }

    /** One of them. */
    public final class CheckedSlab implements Slab {
        private static final byte RUBBISH = '!';

        private enum Life {
            HELD,
            RELEASED
        }

        private final byte[] bytes;
        private final AtomicReference<Life> life = new AtomicReference<>(Life.HELD);
        private final AtomicLong pins = new AtomicLong();
        private int written;

        private CheckedSlab(int capacity) {
            bytes = new byte[capacity];
        }

        @Override
        public int capacity() {
            return bytes.length;
        }

        @Override
        public void write(int offset, byte[] source, int from, int length) {
            check("written to");
            synchronized (this) {
                if (offset != written) {
                    throw fault("written at " + offset + ", but the end is at " + written);
                }
                written += length;
            }
            System.arraycopy(source, from, bytes, offset, length);
        }

        @Override
        public void read(int offset, byte[] target, int to, int length) {
            check("read");
            System.arraycopy(bytes, offset, target, to, length);
            check("read");
        }

        @Override
        public boolean isPinned() {
            check("asked whether pinned");
            return pins.get() > 0;
        }

        /** As a pending write to a socket does. */
        public void pin() {
            check("pinned");
            pins.incrementAndGet();
        }

        public void unpin() {
            check("unpinned");
            if (pins.decrementAndGet() < 0) {
                throw fault("unpinned more often than pinned");
            }
        }

        @Override
        public void release() {
            if (!life.compareAndSet(Life.HELD, Life.RELEASED)) {
                throw fault("released twice");
            }
            if (pins.get() > 0) {
                throw fault("released while pinned");
            }
            Arrays.fill(bytes, RUBBISH);
            live.remove(this);
        }

        private void check(String what) {
            if (life.get() == Life.RELEASED) {
                throw fault(what + " after release");
            }
        }
    }
}
