package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BarsTest {
    private static double[] values(int... values) {
        return IntStream.of(values).asDoubleStream().toArray();
    }

    @Test
    void drawsEachNumberAsHighAsItIs() {
        assertThat(Bars.draw(values(0, 1, 2, 3, 4, 5, 6, 7, 8), 9, true)).isEqualTo(" ▁▂▃▄▅▆▇█");
        assertThat(Bars.draw(values(0, 1, 2, 3, 4, 5, 6, 7, 8), 20, false)).isEqualTo(" .:-=+*#@");
    }

    @Test
    void showsTheLeastOfSomethingAsSomething() {
        assertThat(Bars.draw(values(1, 0, 1_000_000), 9, true)).isEqualTo("▁ █");
    }

    @Test
    void letsNeighboursShareABarWhereThereIsNoRoom() {
        assertThat(Bars.draw(values(0, 8, 4, 4, 8), 3, true)).isEqualTo("▄▄█");
        assertThat(Bars.draw(values(1, 2, 3), 0, true)).isEqualTo("█");
    }

    @Test
    void beginsAtTheLeastWhereThatIsBelowZero() {
        assertThat(Bars.draw(values(-8, 0, 8), 9, true)).isEqualTo(" ▄█");
        assertThat(Bars.draw(values(0, 0), 9, true)).isEqualTo("  ");
        assertThat(Bars.draw(values(), 9, true)).isEmpty();
    }
}
