package dev.runstream.agents.fund;

import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A distribution in bounded memory: counts in fixed bins, fine enough to read quantiles from.
 *
 * <p>A value {@code v} is placed by {@code x = 1 + (v - origin) / unit}; each octave of x (1–2, 2–4, …) has {@value
 * #BINS_PER_OCTAVE} bins of one width, so that a bin is at most a {@value #BINS_PER_OCTAVE}th of x wide. A quantile is
 * interpolated between the least and the greatest value of its bin, and so at most one bin's width off; a value that has
 * its bin to itself is read as it is. Whatever lies past the last octave falls into the last bin, and what lies at the
 * origin itself, as a total loss does, is kept apart. {@code origin + n · unit} is an edge of a bin for n below {@value
 * #BINS_PER_OCTAVE}, so counts above such a value are exact.
 *
 * <p>All state is integers, minima and maxima, so merging gives the same bits in any order. Bins take memory once a value
 * lies near them. Confined to one thread.
 */
final class QuantileSketch {
    private static final int BIN_BITS = 10;
    private static final int BINS_PER_OCTAVE = 1 << BIN_BITS;
    private static final int OCTAVES = 10;
    private static final int BINS = OCTAVES * BINS_PER_OCTAVE;
    /** A place counts in the 2^31st parts of a bin, that is in the mantissa's first 41 bits. */
    private static final int PLACE_BITS = 31;

    private static final int SHIFT = 52 - BIN_BITS - PLACE_BITS;
    private static final long PLACE_OF_ONE = Double.doubleToRawLongBits(1.0) >>> SHIFT;
    private static final long LAST_PLACE = ((long) BINS << PLACE_BITS) - 1;
    /** The last digits of a sum must not decide on which side of 1× a path falls. */
    private static final double NUDGE = 1 + 1e-12;

    private static final double FIXED_POINT = 1 << 24;
    private static final double LARGEST_SUMMED = 0x1p38;

    // immutable
    private final double origin;
    private final double scale;
    // of the values so far
    private final @Nullable BinBlock[] blocks = new @Nullable BinBlock[BINS / BinBlock.BINS];
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
        count++;
        if (value == origin) {
            atOrigin++;
        } else {
            long place = place(value);
            int bin = (int) (place >>> PLACE_BITS);
            made(bin / BinBlock.BINS).add(bin % BinBlock.BINS, (int) place & Integer.MAX_VALUE);
        }
        min = Math.min(min, value);
        max = Math.max(max, value);
        long fixed = Math.round(Math.clamp(value, -LARGEST_SUMMED, LARGEST_SUMMED) * FIXED_POINT);
        sumHigh += fixed >> 32;
        sumLow += fixed & 0xffff_ffffL;
    }

    void addAll(QuantileSketch other) {
        for (int i = 0; i < blocks.length; i++) {
            BinBlock added = other.blocks[i];
            if (added != null) {
                made(i).addAll(added);
            }
        }
        count += other.count;
        atOrigin += other.atOrigin;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
        sumHigh += other.sumHigh;
        sumLow += other.sumLow;
    }

    void clear() {
        for (BinBlock block : blocks) {
            if (block != null) {
                block.clear();
            }
        }
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

    /** How many values are the origin itself. */
    long atOrigin() {
        return atOrigin;
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
        if (rank >= (double) count) {
            return max;
        }
        long below = atOrigin;
        int bin = 0;
        while (bin < BINS - 1 && (inBin(bin) == 0 || (double) (below + inBin(bin)) < rank)) {
            below += inBin(bin++);
        }
        return Math.clamp(inside(bin, (rank - (double) below) / inBin(bin)), min, max);
    }

    /** Between the least and the greatest value of a bin that holds some. */
    private double inside(int bin, double share) {
        BinBlock block = Objects.requireNonNull(blocks[bin / BinBlock.BINS]);
        long edge = (long) bin << PLACE_BITS;
        double low = at(edge + block.least(bin % BinBlock.BINS));
        double high = bin == BINS - 1 ? max : at(edge + block.greatest(bin % BinBlock.BINS));
        return low + (high - low) * share;
    }

    /**
     * The standard error of the median: half the width of the interval between the order statistics that lie one
     * binomial standard deviation below and above it. Needs no assumption about the distribution's form, but two values;
     * of fewer nothing can be said.
     */
    OptionalDouble medianError() {
        if (count < 2) {
            return OptionalDouble.empty();
        }
        double deviation = 0.5 / Math.sqrt((double) count);
        return OptionalDouble.of((quantile(0.5 + deviation) - quantile(0.5 - deviation)) / 2);
    }

    /** How many values are at least this; exact where {@code value} is an edge of a bin. */
    long countFrom(double value) {
        return inBins(bin(value), BINS);
    }

    /** How many values lie from each edge up to the next, and from the last one up; exact for edges of bins. */
    long[] countsFrom(double[] edges) {
        long[] sums = new long[edges.length];
        for (int i = 0; i < edges.length; i++) {
            sums[i] = inBins(bin(edges[i]), i + 1 < edges.length ? bin(edges[i + 1]) : BINS);
        }
        return sums;
    }

    /** Widest error of a quantile that lies at this value, by the width of its bin. */
    double resolution(double value) {
        long bin = bin(value);
        return at((bin + 1) << PLACE_BITS) - at(bin << PLACE_BITS);
    }

    private BinBlock made(int index) {
        BinBlock block = blocks[index];
        if (block == null) {
            block = new BinBlock();
            blocks[index] = block;
        }
        return block;
    }

    /** How many values above the origin lie in a bin. */
    private int inBin(int bin) {
        BinBlock block = blocks[bin / BinBlock.BINS];
        return block == null ? 0 : block.count(bin % BinBlock.BINS);
    }

    private long inBins(int from, int to) {
        long sum = from == 0 && to > 0 ? atOrigin : 0;
        for (int bin = from; bin < to; bin++) {
            sum += inBin(bin);
        }
        return sum;
    }

    private int bin(double value) {
        return (int) (place(value) >>> PLACE_BITS);
    }

    private long place(double value) {
        double x = 1 + (value - origin) * scale * NUDGE;
        return Math.clamp((Double.doubleToRawLongBits(x) >>> SHIFT) - PLACE_OF_ONE, 0, LAST_PLACE);
    }

    /** The value at a place. */
    private double at(long place) {
        return origin + (Double.longBitsToDouble((PLACE_OF_ONE + place) << SHIFT) - 1) / scale;
    }
}
