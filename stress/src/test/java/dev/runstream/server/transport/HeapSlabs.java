package dev.runstream.server.transport;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Buffers that are counted as the server's are, but of the heap, which takes millions of short tests. */
public final class HeapSlabs extends AbstractByteBufAllocator {
    private final Queue<ByteBuf> all = new ConcurrentLinkedQueue<>();

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        ByteBuf buffer = new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
        all.add(buffer);
        return buffer;
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    /** "freed" where nothing is held any more. */
    public String judge() {
        return all.stream().allMatch(buffer -> buffer.refCnt() == 0) ? "freed" : "leaked";
    }
}
