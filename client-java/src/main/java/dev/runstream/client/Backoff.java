package dev.runstream.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait between two tries: twice as long each time, between half and the whole of it at random.
 *
 * @param first the wait after the first failure
 * @param max what no wait of ours exceeds; what a server asks for may
 */
public record Backoff(Duration first, Duration max) {
    /** Half a second, doubling up to 30 s. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    /** A server that asks for more than this is not taken at its word. */
    private static final Duration MAX_FLOOR = Duration.ofHours(1);

    /** Refuses waits that are negative or shrink. */
    public Backoff {
        if (first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("backoff must be 0 <= first <= max, not " + first + ", " + max);
        }
    }

    /**
     * The wait before the next try.
     *
     * @param failures tries in a row that failed, from 1
     * @param floor what the server asked for. No wait is shorter; at random it is up to a quarter longer, because
     *     the server may have asked many for the same
     */
    Duration after(int failures, Duration floor, RandomGenerator random) {
        Duration step = max;
        if (failures <= 30 && max.dividedBy(1L << Math.max(0, failures - 1)).compareTo(first) > 0) {
            step = first.multipliedBy(1L << Math.max(0, failures - 1));
        }
        Duration own = scale(step, 0.5 + random.nextDouble() / 2);
        Duration bounded = floor.compareTo(MAX_FLOOR) < 0 ? floor : MAX_FLOOR;
        Duration asked = bounded.plus(scale(bounded, random.nextDouble() / 4));
        return own.compareTo(asked) > 0 ? own : asked;
    }

    private static Duration scale(Duration duration, double by) {
        return Duration.ofNanos((long) (Math.min(duration.toMillis(), Long.MAX_VALUE / 2_000_000) * 1_000_000.0 * by));
    }
}
