package dev.runstream.core.log;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory that the event logs of a process hold together, against one limit, and is where every slab comes
 * from and goes back to.
 *
 * <p>The count is of memory taken, not of bytes used: whole slabs, their index, and slabs that a log has let go of while
 * a write to a socket still pins them. Where memory is a cache it keeps the limit by itself ({@link #takeWithinLimit});
 * else who appends asks {@link #wouldExceed} first.
 *
 * <p>Part of it can be set aside for pages ({@link EventPage}), which are counted apart, so that readers of what is only
 * in a store and logs that grow do not take each other's room.
 *
 * <p>Safe for any thread.
 */
public final class MemoryBudget {
    private final SlabAllocator allocator;
    private final long limitBytes;
    private final AtomicLong logBytes = new AtomicLong();
    private final AtomicLong pageBytes = new AtomicLong();
    private final ConcurrentLinkedQueue<Pinned> pinned = new ConcurrentLinkedQueue<>();
    private volatile long setAsideBytes;

    private record Pinned(Slab slab, Runnable freed) {}

    /** @param limitBytes what all logs may hold together, pages included */
    public MemoryBudget(SlabAllocator allocator, long limitBytes) {
        this.allocator = allocator;
        this.limitBytes = limitBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }

    public long usedBytes() {
        return logBytes.get() + pageBytes.get();
    }

    /** Keeps so much of the limit for pages. */
    public void setAside(long bytes) {
        setAsideBytes = bytes;
    }

    /** Whether so many bytes more for logs would pass what they may have. */
    public boolean wouldExceed(long moreBytes) {
        return logBytes.get() + moreBytes > limitBytes - setAsideBytes;
    }

    /** Counts memory that is held elsewhere for a run, such as its input; negative gives it back. */
    public void charge(long bytes) {
        logBytes.addAndGet(bytes);
    }

    /** @throws OutOfSlabsException if there is none, whatever the limit says */
    Slab take(int capacity) {
        Slab slab = allocator.allocate(capacity);
        charge(slab.capacity());
        return slab;
    }

    /**
     * As {@link #take}, but within the limit, however many ask for the last room at once.
     *
     * @throws OutOfSlabsException if there is none, or the limit is reached
     */
    Slab takeWithinLimit(int capacity) {
        if (!tryCharge(capacity)) {
            throw new OutOfSlabsException("the memory for events is taken");
        }
        try {
            return allocator.allocate(capacity);
        } catch (RuntimeException | Error none) {
            charge(-capacity);
            throw none;
        }
    }

    private boolean tryCharge(long bytes) {
        long used;
        do {
            used = logBytes.get();
            if (used + bytes > limitBytes - setAsideBytes) {
                return false;
            }
        } while (!logBytes.compareAndSet(used, used + bytes));
        return true;
    }

    /** Takes a slab back, at once or as soon as nobody pins it. */
    void giveBack(Slab slab) {
        giveBack(new Pinned(slab, () -> charge(-slab.capacity())));
    }

    /** @throws OutOfSlabsException if there is none, whatever the limit says */
    Slab takeForPage(int capacity) {
        Slab slab = allocator.allocate(capacity);
        pageBytes.addAndGet(slab.capacity());
        return slab;
    }

    /** @param freed called once its memory is free */
    void giveBackPage(Slab slab, Runnable freed) {
        giveBack(new Pinned(slab, () -> {
            pageBytes.addAndGet(-slab.capacity());
            freed.run();
        }));
    }

    private void giveBack(Pinned slab) {
        if (slab.slab.isPinned()) {
            pinned.add(slab);
        } else {
            slab.slab.release();
            slab.freed.run();
        }
    }

    /** Frees the slabs that are no longer pinned. Call it every second or so, and when memory is short. */
    public void sweep() {
        for (int left = pinned.size(); left > 0; left--) {
            Pinned slab = pinned.poll();
            if (slab == null) {
                return;
            }
            giveBack(slab);
        }
    }
}
