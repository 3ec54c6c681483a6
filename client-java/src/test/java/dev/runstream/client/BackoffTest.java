package dev.runstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:30Z");
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8));

    /** Draws the least there is. */
    private static final RandomGenerator LEAST = () -> 0L;
    /** Draws (almost) the most there is. */
    private static final RandomGenerator MOST = () -> -1L;

    @Test
    void doublesUpToItsMostBetweenHalfAndTheWhole() {
        for (int failure = 1; failure <= 100; failure++) {
            long whole = failure > 3 ? 8000 : 1000L << (failure - 1);
            assertThat(backoff.after(failure, Duration.ZERO, LEAST)).isEqualTo(Duration.ofMillis(whole / 2));
            assertThat(backoff.after(failure, Duration.ZERO, MOST).toMillis()).isBetween(whole - 1, whole);
        }
    }

    @Test
    void differsFromClientToClient() {
        Random random = new Random(1);
        assertThat(backoff.after(3, Duration.ZERO, random)).isNotEqualTo(backoff.after(3, Duration.ZERO, random));
    }

    @Test
    void isNeverShorterThanTheServerAsksAndSpreadAboveIt() {
        Duration floor = Duration.ofSeconds(10);
        assertThat(backoff.after(1, floor, LEAST)).isEqualTo(floor);
        assertThat(backoff.after(1, floor, MOST).toMillis()).isBetween(12_499L, 12_500L);
        assertThat(backoff.after(1, Duration.ofMillis(100), LEAST)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.after(1, Duration.ofMillis(Long.MAX_VALUE), LEAST)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void readsRetryAfterInSecondsAndInEachFormOfDate() {
        Duration seven = Duration.ofSeconds(7);
        assertThat(read("120")).contains(Duration.ofMinutes(2));
        assertThat(read("Sun, 06 Nov 1994 08:49:37 GMT")).contains(seven);
        assertThat(read("Sunday, 06-Nov-94 08:49:37 GMT")).contains(seven);
        assertThat(read("Sun Nov  6 08:49:37 1994")).contains(seven);
        assertThat(read("Sun, 06 Nov 1994 08:49:00 GMT")).contains(Duration.ZERO);
        assertThat(read("soon")).isEmpty();
        assertThat(read("-1")).isEmpty();
        assertThat(read("99999999999999999999")).isPresent();
    }

    private static Optional<Duration> read(String value) {
        return RetryAfter.read(HttpHeaders.of(Map.of("Retry-After", List.of(value)), (name, text) -> true), NOW);
    }
}
