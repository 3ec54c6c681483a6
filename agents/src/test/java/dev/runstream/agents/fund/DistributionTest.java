package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistributionTest {
    private static final int DRAWS = 200_000;

    @Test
    void drawsALognormalWithItsMedianAndP90() {
        double[] drawn = draw(new Distribution.MedianLognormal(2, 8));

        assertThat(quantile(drawn, 0.5)).isEqualTo(2, within(0.03));
        assertThat(quantile(drawn, 0.9)).isEqualTo(8, within(0.15));
        // Below the median as far, by ratio, as above it.
        assertThat(quantile(drawn, 0.1)).isEqualTo(0.5, within(0.01));
    }

    @Test
    void drawsALognormalWithItsMeanAndSigma() {
        Distribution distribution = new Distribution.MeanLognormal(3, 0.5);
        double[] drawn = draw(distribution);

        assertThat(Arrays.stream(drawn).average().orElseThrow()).isEqualTo(3, within(0.02));
        assertThat(quantile(drawn, 0.5)).isEqualTo(3 * Math.exp(-0.125), within(0.03));
        assertThat(distribution.median()).isEqualTo(3 * Math.exp(-0.125), within(1e-12));
    }

    @Test
    void drawsABoundedPowerLaw() {
        Distribution distribution = new Distribution.Power(1.5, 1, 100);
        double[] drawn = draw(distribution);

        // P(X > x) = (x^-a - max^-a) / (min^-a - max^-a)
        double above10 = (Math.pow(10, -1.5) - 0.001) / (1 - 0.001);
        assertThat((double) Arrays.stream(drawn).filter(x -> x > 10).count() / DRAWS)
                .isEqualTo(above10, within(0.002));
        assertThat(Arrays.stream(drawn)).allMatch(x -> x >= 1 - 1e-12 && x <= 100 + 1e-9);
        assertThat(quantile(drawn, 0.5)).isEqualTo(distribution.median(), within(0.02));
    }

    @Test
    void drawsUniformlyBetweenItsEnds() {
        double[] drawn = draw(new Distribution.Uniform(10, 30));

        assertThat(Arrays.stream(drawn)).allMatch(x -> x >= 10 && x < 30);
        assertThat(quantile(drawn, 0.25)).isEqualTo(15, within(0.2));
    }

    private static double[] draw(Distribution distribution) {
        PathRandom random = new PathRandom();
        random.start(5, 0);
        Distribution.Sampler sampler = distribution.sampler();
        double[] drawn = new double[DRAWS];
        Arrays.setAll(drawn, i -> sampler.sample(random));
        return drawn;
    }

    private static double quantile(double[] drawn, double share) {
        double[] sorted = drawn.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * sorted.length)];
    }
}
