package dev.runstream.server.stream;

import java.time.Duration;

/** The times of streams, in nanoseconds. */
record StreamTimes(long keepaliveNanos, long idleNanos, long slowNanos) {
    private static final long SHORTEST_TICK_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LONGEST_TICK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int TICKS_PER_TIME = 8;

    static StreamTimes of(Duration keepalive, Duration idle, Duration slow) {
        return new StreamTimes(keepalive.toNanos(), idle.toNanos(), slow.toNanos());
    }

    private long shortestNanos() {
        return Math.min(keepaliveNanos, Math.min(idleNanos, slowNanos));
    }

    /** How often an event loop looks at the connections that are due. */
    long tickNanos() {
        return Math.clamp(shortestNanos() / TICKS_PER_TIME, SHORTEST_TICK_NANOS, LONGEST_TICK_NANOS);
    }
}
