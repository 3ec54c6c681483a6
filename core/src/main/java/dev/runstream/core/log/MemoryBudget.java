package dev.runstream.core.log;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory that the event logs of a process hold together, against one limit, and is where every slab comes
 * from and goes back to.
 *
 * <p>The count is of memory taken, not of bytes used: whole slabs, their index, and slabs that a log has let go of while
 * a write to a socket still pins them. It does not refuse by itself: who appends asks {@link #wouldExceed} first.
 *
 * <p>Safe for any thread.
 */
public final class MemoryBudget {
    private final SlabAllocator allocator;
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final ConcurrentLinkedQueue<Slab> pinned = new ConcurrentLinkedQueue<>();

    /** @param limitBytes what all logs may hold together */
    public MemoryBudget(SlabAllocator allocator, long limitBytes) {
        this.allocator = allocator;
        this.limitBytes = limitBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    /** Whether so many bytes more would pass the limit. */
    public boolean wouldExceed(long moreBytes) {
        return usedBytes.get() + moreBytes > limitBytes;
    }

    /** Counts memory that is held elsewhere for a run, such as its input; negative gives it back. */
    public void charge(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    Slab take(int capacity) {
        Slab slab = allocator.allocate(capacity);
        charge(slab.capacity());
        return slab;
    }

    /** Takes a slab back, at once or as soon as nobody pins it. */
    void giveBack(Slab slab) {
        if (slab.isPinned()) {
            pinned.add(slab);
        } else {
            free(slab);
        }
    }

    private void free(Slab slab) {
        charge(-slab.capacity());
        slab.release();
    }

    /** Frees the slabs that are no longer pinned. Call it every second or so, and when memory is short. */
    public void sweep() {
        for (int left = pinned.size(); left > 0; left--) {
            Slab slab = pinned.poll();
            if (slab == null) {
                return;
            }
            giveBack(slab);
        }
    }
}
