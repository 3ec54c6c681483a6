package dev.runstream.core.log;

/** A slab in the Java heap; never pinned, since nobody but the log can hold its array. */
final class HeapSlab implements Slab {
    private final byte[] bytes;

    HeapSlab(int capacity) {
        bytes = new byte[capacity];
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
        return false;
    }

    @Override
    public void release() {}
}
