package dev.runstream.agents.fund;

/**
 * Says when it is time to tell of something again: at once the first time, then at most 10 times a second, and ever
 * more rarely in a long run, down to once a second. Confined to one thread.
 */
final class Cadence {
    static final long SHORTEST_NANOS = 100_000_000;
    static final long LONGEST_NANOS = 1_000_000_000;
    /** A run's age ÷ this is the time between two tellings. */
    private static final int TELLINGS_IN_AGE = 20;

    private final long startedAt;
    private long lastAt;
    private boolean told;

    Cadence(long now) {
        startedAt = now;
    }

    /** Whether it is time; counts as told where it is. */
    boolean isTime(long now) {
        long interval = Math.clamp((now - startedAt) / TELLINGS_IN_AGE, SHORTEST_NANOS, LONGEST_NANOS);
        if (told && now - lastAt < interval) {
            return false;
        }
        told = true;
        lastAt = now;
        return true;
    }
}
