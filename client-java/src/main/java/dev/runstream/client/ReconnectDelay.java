package dev.runstream.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a follower waits before its next connection. Confined to the consumer's thread.
 *
 * <p>It grows with each connection that failed, and starts small again only once one proved stable. The server's
 * {@code retry:} stays in force until it says another; its Retry-After counts once.
 */
final class ReconnectDelay {
    private final Backoff backoff;
    private final RandomGenerator random;
    private Duration retry = Duration.ZERO;
    private int failures;

    ReconnectDelay(Backoff backoff, RandomGenerator random) {
        this.backoff = backoff;
        this.random = random;
    }

    void serverAsks(Duration newRetry) {
        retry = newRetry;
    }

    void provedStable() {
        failures = 0;
    }

    int failures() {
        return failures;
    }

    /** The wait after one more connection that is gone. */
    Duration next(Duration retryAfter) {
        failures++;
        return backoff.after(failures, retryAfter.compareTo(retry) > 0 ? retryAfter : retry, random);
    }
}
