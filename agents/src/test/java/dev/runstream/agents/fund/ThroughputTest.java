package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThroughputTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void saysTheSpeedFromTheFirstFigureOn() {
        Throughput throughput = new Throughput(5 * SECOND);

        throughput.reached(100, 5 * SECOND + SECOND / 10);

        assertThat(throughput.perSecond()).isEqualTo(1_000);
    }

    @Test
    void followsAChangeOfSpeedWithinSeconds() {
        Throughput throughput = new Throughput(0);
        for (int i = 1; i <= 100; i++) {
            throughput.reached(1_000L * i, i * SECOND / 10);
        }
        assertThat(throughput.perSecond()).isBetween(9_900L, 10_100L);
        for (int i = 1; i <= 100; i++) {
            throughput.reached(100_000 + 100L * i, 10 * SECOND + i * SECOND / 10);
        }
        assertThat(throughput.perSecond()).isBetween(1_000L, 1_100L);
    }

    @Test
    void isNotUpsetByAClockThatStands() {
        Throughput throughput = new Throughput(SECOND);

        throughput.reached(100, SECOND);

        assertThat(throughput.perSecond()).isZero();
    }
}
