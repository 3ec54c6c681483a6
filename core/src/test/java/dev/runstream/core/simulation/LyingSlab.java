package dev.runstream.core.simulation;

import dev.runstream.core.log.Slab;

/** Says that nobody holds it, whoever does. */
record LyingSlab(Slab real) implements Slab {
    @Override
    public int capacity() {
        return real.capacity();
    }

    @Override
    public void write(int offset, byte[] source, int from, int length) {
        real.write(offset, source, from, length);
    }

    @Override
    public void read(int offset, byte[] target, int to, int length) {
        real.read(offset, target, to, length);
    }

    @Override
    public boolean isPinned() {
        return false;
    }

    @Override
    public void release() {
        real.release();
    }
}
