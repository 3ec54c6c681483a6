package dev.runstream.client;

import java.util.Arrays;

/** An append-only run of bytes that lets go of a large array once it is cleared. One thread at a time. */
final class GrowingBytes {
    private static final int SMALL = 1024;
    private static final int KEPT = 64 * 1024;

    private byte[] bytes = new byte[SMALL];
    private int size;

    void append(byte[] source, int from, int to) {
        int length = to - from;
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(size + (long) length, Math.min(2L * bytes.length, 1L << 30)));
        }
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    void append(byte value) {
        append(new byte[] {value}, 0, 1);
    }

    /** The bytes held, from 0 to {@link #size}; good until the next call that changes them. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[SMALL];
        }
    }
}
