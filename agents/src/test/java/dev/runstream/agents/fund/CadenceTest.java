package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CadenceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void tellsAtOnceAndThenAtMostTenTimesASecond() {
        Cadence cadence = new Cadence(0);

        assertThat(cadence.isTime(0)).isTrue();
        assertThat(cadence.isTime(99 * MILLI)).isFalse();
        assertThat(cadence.isTime(100 * MILLI)).isTrue();
        assertThat(cadence.isTime(199 * MILLI)).isFalse();
    }

    @Test
    void tellsMoreRarelyInALongRunButOnceASecondStill() {
        Cadence cadence = new Cadence(0);
        cadence.isTime(10_000 * MILLI);

        assertThat(cadence.isTime(10_499 * MILLI)).isFalse();
        assertThat(cadence.isTime(10_530 * MILLI)).isTrue();

        cadence.isTime(3_600_000 * MILLI);
        assertThat(cadence.isTime(3_600_999 * MILLI)).isFalse();
        assertThat(cadence.isTime(3_601_000 * MILLI)).isTrue();
    }
}
