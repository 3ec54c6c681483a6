package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathRandomTest {
    private final PathRandom random = new PathRandom();

    @Test
    void drawsTheSameForTheSamePathWhateverWasDrawnBefore() {
        random.start(1, 7);
        long first = random.nextLong();
        random.start(9, 3);
        random.nextLong();
        random.start(1, 7);

        assertThat(random.nextLong()).isEqualTo(first);
    }

    @Test
    void drawsOtherNumbersForNeighbouringSeedsAndPaths() {
        Set<Long> seen = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            for (long path = 0; path < 100; path++) {
                random.start(seed, path);
                seen.add(random.nextLong());
            }
        }
        assertThat(seen).hasSize(10_000);
    }

    @Test
    void spreadsTheFirstDrawsOfPathsEvenly() {
        int[] counts = new int[16];
        double sum = 0;
        for (long path = 0; path < 160_000; path++) {
            random.start(0, path);
            double drawn = random.nextDouble();
            counts[(int) (16 * drawn)]++;
            sum += drawn;
        }
        // 5 standard deviations of a binomial count, and of the mean of uniforms.
        assertThat(Arrays.stream(counts)).allSatisfy(count -> assertThat(count).isBetween(10_000 - 485, 10_000 + 485));
        assertThat(sum / 160_000).isEqualTo(0.5, within(5 * 0.2887 / 400));
    }
}
