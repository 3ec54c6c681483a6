package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class QuantileSketchTest {
    private static final double[] SHARES = {0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999};

    @Test
    void isWithinABinOfTheExactlySortedQuantile() {
        List<ToDoubleFunction<RandomGenerator>> kinds = List.of(
                random -> Math.exp(0.5 + random.nextGaussian()),
                random -> 8 * random.nextDouble(),
                random -> Math.pow(random.nextDouble(), -1 / 1.5) - 1,
                random -> random.nextDouble() < 0.3 ? 0 : 40 * random.nextDouble());
        for (ToDoubleFunction<RandomGenerator> kind : kinds) {
            RandomGenerator random = new SplittableRandom(7);
            double[] values = DoubleStream.generate(() -> kind.applyAsDouble(random))
                    .limit(200_000)
                    .toArray();
            QuantileSketch sketch = sketchOf(values);
            Arrays.sort(values);
            for (double share : SHARES) {
                double exact = values[(int) Math.ceil(share * values.length) - 1];
                assertThat(sketch.quantile(share)).isEqualTo(exact, within(sketch.resolution(exact)));
                assertThat(sketch.resolution(exact)).isLessThanOrEqualTo((1 + exact) / 1024);
            }
        }
    }

    @Test
    void isExactWhereAllValuesAreOne() {
        QuantileSketch sketch = sketchOf(2.71828, 2.71828, 2.71828);

        assertThat(sketch.quantile(0.05)).isEqualTo(2.71828);
        assertThat(sketch.quantile(0.95)).isEqualTo(2.71828);
        assertThat(sketch.medianError()).hasValue(0);
        assertThat(sketch.mean()).isEqualTo(2.71828, within(1e-7));
    }

    @Test
    void readsAValueThatManyShareAsItself() {
        QuantileSketch sketch = new QuantileSketch(-1, 1);
        for (int i = 0; i < 96; i++) {
            sketch.add(-0.16492723);
        }
        for (double other : new double[] {-1, -0.25, 0.5, 7}) {
            sketch.add(other);
        }

        for (double share : new double[] {0.05, 0.25, 0.5, 0.75, 0.95}) {
            assertThat(sketch.quantile(share)).isEqualTo(-0.16492723, within(1e-11));
        }
        assertThat(sketch.medianError()).hasValue(0);
    }

    @Test
    void readsNoFurtherThanTheValuesOfABinLie() {
        QuantileSketch sketch = sketchOf(0, 1.5001, 1.5001, 1.5002, 1.5002, 8);

        assertThat(sketch.resolution(1.5)).isGreaterThan(0.001);
        for (double share : new double[] {0.2, 0.5, 0.8}) {
            assertThat(sketch.quantile(share)).isBetween(1.5001, 1.5002);
        }
    }

    @Test
    void readsBetweenTheLastBinAndTheLargestValuePastTheLastOctave() {
        QuantileSketch sketch = sketchOf(1, 2_000, 9_000);

        assertThat(sketch.quantile(0.9)).isBetween(1_022.0, 9_000.0);
        assertThat(sketch.quantile(1)).isEqualTo(9_000);
    }

    @Test
    void keepsATotalLossApartFromASmallReturn() {
        QuantileSketch sketch = sketchOf(0, 0, 0, 1e-5);

        assertThat(sketch.quantile(0.75)).isZero();
        assertThat(sketch.quantile(1)).isEqualTo(1e-5);
    }

    @Test
    void countsExactlyFromAnEdge() {
        QuantileSketch sketch = sketchOf(0, 0.999, 1, 2.99, 3, Math.nextDown(3.0), 8, 5_000);

        assertThat(sketch.countFrom(1)).isEqualTo(6);
        // What misses 3 by the last digit alone counts as 3.
        assertThat(sketch.countFrom(3)).isEqualTo(4);
        assertThat(sketch.countsFrom(new double[] {0, 1, 3, 8})).containsExactly(2, 2, 2, 2);
    }

    @Test
    void mergesToTheSameBitsInAnyOrder() {
        RandomGenerator random = new SplittableRandom(3);
        double[] values = DoubleStream.generate(() -> random.nextBoolean() ? 1.25 : Math.exp(2 * random.nextGaussian()))
                .limit(30_000)
                .toArray();
        QuantileSketch one = sketchOf(values);
        QuantileSketch three = new QuantileSketch(0, 1);
        three.addAll(sketchOf(Arrays.copyOfRange(values, 20_000, 30_000)));
        three.addAll(sketchOf(Arrays.copyOfRange(values, 0, 7)));
        three.addAll(sketchOf(Arrays.copyOfRange(values, 7, 20_000)));

        assertThat(three.mean()).isEqualTo(one.mean());
        assertThat(three.medianError()).isEqualTo(one.medianError());
        for (double share : SHARES) {
            assertThat(three.quantile(share)).isEqualTo(one.quantile(share));
        }
    }

    @Test
    void estimatesTheErrorOfTheMedianAsTheDensityDoes() {
        RandomGenerator random = new SplittableRandom(11);
        QuantileSketch sketch = new QuantileSketch(0, 1);
        for (int i = 0; i < 100_000; i++) {
            sketch.add(10 * random.nextDouble());
        }
        // 1 / (2 f √n), and the density f is 0.1.
        assertThat(sketch.medianError().orElseThrow()).isEqualTo(5 / Math.sqrt(100_000), within(0.002));
    }

    @Test
    void knowsNoErrorOfASingleValue() {
        assertThat(sketchOf(2).medianError()).isEmpty();
        assertThat(sketchOf(2, 3).medianError()).isPresent();
    }

    @Test
    void holdsPercentFromMinusAHundred() {
        QuantileSketch sketch = new QuantileSketch(-100, 5);
        for (double percent : new double[] {-100, -100, -20, 12.5, 40}) {
            sketch.add(percent);
        }

        assertThat(sketch.quantile(0.3)).isEqualTo(-100);
        assertThat(sketch.quantile(0.8)).isEqualTo(12.5, within(sketch.resolution(12.5)));
        assertThat(sketch.countsFrom(new double[] {-100, -20, 0, 40})).containsExactly(2, 1, 1, 1);
        assertThat(sketch.mean()).isEqualTo(-33.5, within(1e-6));
    }

    @Test
    void saysZeroBeforeThereIsAnyValue() {
        QuantileSketch sketch = new QuantileSketch(-100, 5);

        assertThat(sketch.quantile(0.5)).isZero();
        assertThat(sketch.mean()).isZero();
        assertThat(sketch.medianError()).isEmpty();
    }

    private static QuantileSketch sketchOf(double... values) {
        QuantileSketch sketch = new QuantileSketch(0, 1);
        Arrays.stream(values).forEach(sketch::add);
        return sketch;
    }
}
