package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InternalRateTest {

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 100", "1.1, 10", "0.5, -50", "0.01, -99", "0.000001, -99.9999", "1e9, 99999999900"})
    void findsTheRateOfOneCallAndOneReturnAYearLater(double multiple, double percent) {
        assertThat(rate(-100, 0, 0, 0, 100 * multiple)).isEqualTo(percent, within(1e-9 * (100 + percent)));
    }

    @Test
    void findsTheRateOfQuarterlyFlows() {
        // 5 back each quarter and the 100 at the end: a bond at par, 5% a quarter.
        double[] flows = {-100, 5, 5, 5, 5, 5, 5, 105};

        assertThat(InternalRate.percent(flows, flows.length)).isEqualTo(100 * (Math.pow(1.05, 4) - 1), within(1e-9));
    }

    @Test
    void skipsTheQuartersBeforeTheFirstFlow() {
        assertThat(rate(0, 0, 0, -100, 0, 0, 0, 130)).isEqualTo(30, within(1e-9));
    }

    @Test
    void takesTheRateNearestToZeroOfSeveral() {
        // (x - 1.0005)(x - 1.25), turned so that it starts with a call: about -0.2% and -59% a year, and a loss in all.
        assertThat(rate(-1.250625, 2.2505, -1)).isEqualTo(100 * (Math.pow(1.0005, -4) - 1), within(1e-6));
    }

    @Test
    void findsARateInANarrowStretchBetweenTwo() {
        double near = Math.pow(0.89, -0.25);
        double far = Math.pow(0.86, -0.25);

        assertThat(rate(-near * far, near + far, -1)).isEqualTo(-11, within(1e-6));
    }

    @Test
    void saysNoneWhereNothingCameBack() {
        assertThat(rate(-100, -2, 0, 0)).isNaN();
        assertThat(rate(0, 0, 0)).isNaN();
    }

    @Test
    void saysNoneWhereNoRateMakesTheValueZero() {
        assertThat(rate(-1, 0.1, -1)).isNaN();
    }

    @Test
    void readsNoFurtherThanItIsTold() {
        assertThat(InternalRate.percent(new double[] {-100, 0, 0, 0, 110, 5_000}, 5))
                .isEqualTo(10, within(1e-9));
    }

    private static double rate(double... flows) {
        return InternalRate.percent(flows, flows.length);
    }
}
