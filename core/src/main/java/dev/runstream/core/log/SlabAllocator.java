package dev.runstream.core.log;

/** Where slabs come from. Safe for any thread. */
@FunctionalInterface
public interface SlabAllocator {
    /** @throws OutOfSlabsException if there is no memory for it now */
    Slab allocate(int capacity);

    /** Slabs in the Java heap, for where there is no native memory to be had. */
    static SlabAllocator heap() {
        return HeapSlab::new;
    }
}
