package dev.runstream.agents.fund;

import java.util.Arrays;

/**
 * A distribution in constant memory: counts in fixed bins, fine enough to read quantiles from.
 *
 * <p>A value {@code v} is placed by {@code x = 1 + (v - origin) / unit}; each octave of x (1–2, 2–4, …) has {@value
 * #BINS_PER_OCTAVE} bins of one width, so that a bin is at most a {@value #BINS_PER_OCTAVE}th of x wide. A quantile is
 * interpolated inside its bin and so at most one bin's width off. Whatever lies past the last octave falls into the last
 * bin, and what lies at the origin itself, as a total loss does, is kept apart. {@code origin + n · unit} is an edge of a bin for n below {@value #BINS_PER_OCTAVE}, so counts above such a value
 * are exact.
 *
 * <p>All state is integers, minima and maxima, so merging gives the same bits in any order. Confined to one thread.
 */
final class QuantileSketch {
    private static final int BIN_BITS = 10;
    private static final int BINS_PER_OCTAVE = 1 << BIN_BITS;
    private static final int OCTAVES = 10;
    private static final int BINS = OCTAVES * BINS_PER_OCTAVE;
    private static final int SHIFT = 52 - BIN_BITS;
    private static final long INDEX_OF_ONE = Double.doubleToRawLongBits(1.0) >>> SHIFT;
    /** The last digits of a sum must not decide on which side of 1× a path falls. */
    private static final double NUDGE = 1 + 1e-12;

    private static final double FIXED_POINT = 1 << 24;
    private static final double LARGEST_SUMMED = 0x1p38;

    // immutable
    private final double origin;
    private final double scale;
    // of the values so far
    private final int[] counts = new int[BINS];
    private long count;
    private long atOrigin;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    // the sum in fixed point, in two halves so that 2^31 values cannot overflow it
    private long sumHigh;
    private long sumLow;

    QuantileSketch(double origin, double unit) {
        this.origin = origin;
        this.scale = 1 / unit;
    }

    /** @param value a number not below the origin; at most 2^31 - 1 values in all */
    void add(double value) {
        counts[bin(value)]++;
        count++;
        atOrigin += value == origin ? 1 : 0;
        min = Math.min(min, value);
        max = Math.max(max, value);
        long fixed = Math.round(Math.clamp(value, -LARGEST_SUMMED, LARGEST_SUMMED) * FIXED_POINT);
        sumHigh += fixed >> 32;
        sumLow += fixed & 0xffff_ffffL;
    }

    void addAll(QuantileSketch other) {
        for (int i = 0; i < BINS; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        atOrigin += other.atOrigin;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
        sumHigh += other.sumHigh;
        sumLow += other.sumLow;
    }

    void clear() {
        Arrays.fill(counts, 0);
        count = 0;
        atOrigin = 0;
        min = Double.POSITIVE_INFINITY;
        max = Double.NEGATIVE_INFINITY;
        sumHigh = 0;
        sumLow = 0;
    }

    long count() {
        return count;
    }

    /** The smallest value; 0 where there is none. */
    double min() {
        return count == 0 ? 0 : min;
    }

    /** The largest value; 0 where there is none. */
    double max() {
        return count == 0 ? 0 : max;
    }

    /** The mean, of values clamped to ±2^38 and rounded to 2^-24; 0 where there is none. */
    double mean() {
        return count == 0 ? 0 : ((double) sumHigh * 0x1p32 + (double) sumLow) / FIXED_POINT / (double) count;
    }

    /**
     * The value that a share of all values lies below; 0 where there are none.
     *
     * @param share from 0 to 1
     */
    double quantile(double share) {
        double rank = Math.clamp(share, 0.0, 1.0) * (double) count;
        if (count == 0) {
            return 0;
        }
        if (atOrigin > 0 && rank <= (double) atOrigin) {
            return origin;
        }
        long below = atOrigin;
        int bin = 0;
        int inBin = (int) (counts[0] - atOrigin);
        while (bin < BINS - 1 && (double) (below + inBin) < rank) {
            below += inBin;
            inBin = counts[++bin];
        }
        double low = Math.max(edge(bin), min);
        double high = bin == BINS - 1 ? max : Math.min(edge(bin + 1), max);
        double inside = inBin == 0 ? 0 : (rank - (double) below) / inBin;
        return Math.clamp(low + (high - low) * inside, min, max);
    }

    /**
     * The standard error of the median: half the width of the interval between the order statistics that lie one
     * binomial standard deviation below and above it. Needs no assumption about the distribution's form.
     */
    double medianError() {
        if (count == 0) {
            return 0;
        }
        double deviation = 0.5 / Math.sqrt((double) count);
        return (quantile(0.5 + deviation) - quantile(0.5 - deviation)) / 2;
    }

    /** How many values are at least this; exact where {@code value} is an edge of a bin. */
    long countFrom(double value) {
        long sum = 0;
        for (int i = bin(value); i < BINS; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** How many values lie from each edge up to the next, and from the last one up; exact for edges of bins. */
    long[] countsFrom(double[] edges) {
        long[] sums = new long[edges.length];
        for (int i = 0; i < edges.length; i++) {
            int end = i + 1 < edges.length ? bin(edges[i + 1]) : BINS;
            for (int bin = bin(edges[i]); bin < end; bin++) {
                sums[i] += counts[bin];
            }
        }
        return sums;
    }

    /** Widest error of a quantile that lies at this value, by the width of its bin. */
    double resolution(double value) {
        int bin = bin(value);
        return edge(bin + 1) - edge(bin);
    }

    private int bin(double value) {
        double x = 1 + (value - origin) * scale * NUDGE;
        return Math.clamp((Double.doubleToRawLongBits(x) >>> SHIFT) - INDEX_OF_ONE, 0, BINS - 1);
    }

    private double edge(int bin) {
        return origin + (Double.longBitsToDouble((INDEX_OF_ONE + bin) << SHIFT) - 1) / scale;
    }
}
