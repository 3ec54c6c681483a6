package dev.runstream.core.log;

import java.util.Optional;

/**
 * The name of one event of one run, {@code <epoch>-<seq>} in text, and the position after which a reader goes on.
 *
 * @param epoch creation time of the run's event log, in ms; from 1
 * @param seq counts a run's events 1, 2, 3 … without holes
 */
public record EventId(long epoch, long seq) implements Comparable<EventId> {
    private static final int MOST_DIGITS = 19;

    public EventId {
        if (epoch < 1 || seq < 1) {
            throw new IllegalArgumentException("epoch and seq count from 1: " + epoch + "-" + seq);
        }
    }

    /** Reads {@code <epoch>-<seq>}: two decimals without leading zeros, each from 1 and below 2^63; empty if it is not. */
    public static Optional<EventId> parse(CharSequence text) {
        int dash = -1;
        for (int i = 0; i < Math.min(text.length(), MOST_DIGITS + 1) && dash < 0; i++) {
            if (text.charAt(i) == '-') {
                dash = i;
            }
        }
        if (dash < 0) {
            return Optional.empty();
        }
        long epoch = decimal(text, 0, dash);
        long seq = decimal(text, dash + 1, text.length());
        return epoch < 1 || seq < 1 ? Optional.empty() : Optional.of(new EventId(epoch, seq));
    }

    /** The number, or -1 where there is none that fits. */
    private static long decimal(CharSequence text, int from, int to) {
        if (from >= to || to - from > MOST_DIGITS || text.charAt(from) == '0') {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** By epoch, then by seq, as numbers. */
    @Override
    public int compareTo(EventId other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return epoch + "-" + seq;
    }
}
