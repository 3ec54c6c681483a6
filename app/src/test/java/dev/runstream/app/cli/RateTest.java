package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RateTest {
    private static final long SECOND = 1_000_000_000L;

    private final Rate rate = new Rate();

    @Test
    void isNotKnownFromOneCount() {
        rate.count(500, 0);
        assertThat(rate.perSecond()).isEmpty();
    }

    @Test
    void isWhatWasDonePerSecond() {
        rate.count(0, 0);
        rate.count(500, SECOND);
        rate.count(1500, 2 * SECOND);
        assertThat(rate.perSecond()).hasValue(750);
    }

    @Test
    void takesTheCountsOfAReplayAsOne() {
        for (int i = 0; i <= 100; i++) {
            rate.count(i * 1000L, i * 1_000_000L);
        }
        assertThat(rate.perSecond()).isEmpty();
        rate.count(100_500, SECOND);
        assertThat(rate.perSecond()).hasValue(500);
    }

    @Test
    void forgetsWhatIsLongAgo() {
        rate.count(0, 0);
        rate.count(1_000_000, SECOND);
        rate.count(1_000_010, 8 * SECOND);
        rate.count(1_000_020, 18 * SECOND);
        assertThat(rate.perSecond()).hasValue(1);
    }

    @Test
    void beginsAnewWhereTheCountGoesBack() {
        rate.count(0, 0);
        rate.count(500, SECOND);
        rate.count(10, 2 * SECOND);
        assertThat(rate.perSecond()).isEmpty();
    }
}
