package dev.runstream.agents.fund;

import java.util.Arrays;

/**
 * Some neighbouring bins of a {@link QuantileSketch}: how many values lie in each, and where in it the least and the
 * greatest of them do. So a bin that holds one value many times knows that value.
 *
 * <p>A place inside a bin is a number from 0 to 2^31 - 1. Confined to one thread.
 */
final class BinBlock {
    /** Small, since a long tail lies thinly in many bins. */
    static final int BINS = 128;

    private final int[] counts = new int[BINS];
    private final int[] least = new int[BINS];
    private final int[] greatest = new int[BINS];

    BinBlock() {
        clear();
    }

    void add(int bin, int place) {
        counts[bin]++;
        least[bin] = Math.min(least[bin], place);
        greatest[bin] = Math.max(greatest[bin], place);
    }

    void addAll(BinBlock other) {
        for (int bin = 0; bin < BINS; bin++) {
            counts[bin] += other.counts[bin];
            least[bin] = Math.min(least[bin], other.least[bin]);
            greatest[bin] = Math.max(greatest[bin], other.greatest[bin]);
        }
    }

    void clear() {
        Arrays.fill(counts, 0);
        Arrays.fill(least, Integer.MAX_VALUE);
        Arrays.fill(greatest, 0);
    }

    int count(int bin) {
        return counts[bin];
    }

    /** Only where the bin holds a value. */
    int least(int bin) {
        return least[bin];
    }

    /** Only where the bin holds a value. */
    int greatest(int bin) {
        return greatest[bin];
    }
}
