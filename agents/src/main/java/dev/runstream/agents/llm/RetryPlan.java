package dev.runstream.agents.llm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a request is sent again: doubling, with jitter, and never less than the endpoint asks for (RFC
 * 9110, 10.2.3). For one thread at a time.
 */
final class RetryPlan {
    private static final int MOST_RETRIES = 4;
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 60_000;

    private final InstantSource clock;
    private final RandomGenerator random;
    private int retries;

    RetryPlan(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** How long to wait; empty where it is not worth it, since there were enough retries or the wait is too long. */
    Optional<Duration> next(Optional<String> retryAfter) {
        if (retries == MOST_RETRIES) {
            return Optional.empty();
        }
        long backoff = FIRST_MILLIS << retries;
        retries++;
        long jittered = backoff / 2 + random.nextLong(backoff / 2 + 1);
        long asked = retryAfter.map(this::millis).orElse(0L);
        // Those who were told the same moment must not all come back in it.
        long wait = asked == 0 ? jittered : Math.max(jittered, asked + random.nextLong(FIRST_MILLIS));
        return asked > LONGEST_MILLIS ? Optional.empty() : Optional.of(Duration.ofMillis(wait));
    }

    /** Seconds or a date; 0 for what is neither. */
    private long millis(String retryAfter) {
        String text = retryAfter.strip();
        if (!text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Long.parseLong(text) * 1000;
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, at.toEpochMilli() - clock.millis());
        } catch (DateTimeException neither) {
            return 0;
        }
    }
}
