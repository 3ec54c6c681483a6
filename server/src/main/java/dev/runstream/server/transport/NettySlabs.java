package dev.runstream.server.transport;

import dev.runstream.core.log.OutOfSlabsException;
import dev.runstream.core.log.Slab;
import dev.runstream.core.log.SlabAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Slabs of Netty's pooled direct memory, slices of which go to sockets as they are. */
public final class NettySlabs implements SlabAllocator {
    private final ByteBufAllocator allocator;

    public NettySlabs(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public Slab allocate(int capacity) {
        try {
            return new NettySlab(allocator.directBuffer(capacity, capacity), capacity);
        } catch (OutOfMemoryError none) {
            // Of direct memory, whose limit is its own: the heap is as it was.
            throw new OutOfSlabsException("there is no direct memory for " + capacity + " bytes", none);
        }
    }

    /**
     * Part of a slab that came from here, to be written to a channel. It keeps the slab's memory until it is released.
     */
    public static ByteBuf retainedSlice(Slab slab, int offset, int length) {
        return ((NettySlab) slab).memory.retainedSlice(offset, length);
    }

    /** Copies part of a slab that came from here to the end of a buffer. */
    public static void copy(Slab slab, int offset, int length, ByteBuf target) {
        target.writeBytes(((NettySlab) slab).memory, offset, length);
    }

    /**
     * The slab itself holds one reference; every pending write holds another.
     *
     * @param capacity kept here, since a released buffer may be another slab's by the time it is asked
     */
    private record NettySlab(ByteBuf memory, int capacity) implements Slab {
        @Override
        public void write(int offset, byte[] source, int from, int length) {
            memory.setBytes(offset, source, from, length);
        }

        @Override
        public void read(int offset, byte[] target, int to, int length) {
            memory.getBytes(offset, target, to, length);
        }

        @Override
        public boolean isPinned() {
            return memory.refCnt() > 1;
        }

        @Override
        public void release() {
            memory.release();
        }
    }
}
