package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgressLineTest {
    private static final Progress HALF =
            new Progress("running", 1, 4_200_000, 10_000_000, OptionalDouble.of(350_000), Duration.ofMillis(12_345));

    @Test
    void tellsEverythingWhereThereIsRoom() {
        assertThat(ProgressLine.draw(HALF, 99, true, false))
                .isEqualTo(
                        "running  ████████████████░░░░░░░░░░░░░░░░░░░░░░░░   42%  0:12  4.20M/10.0M  350k/s  0:16 left");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "79|running  ##########----------------   42%  0:12  4.20M/10.0M  350k/s  0:16 left",
                "60|running  #######-----------   42%  0:12  4.20M/10.0M  350k/s",
                "50|running  ###-----   42%  0:12  4.20M/10.0M  350k/s",
                "42|running  ###-----   42%  0:12  4.20M/10.0M",
                "33|running   42%  0:12  4.20M/10.0M",
                "24|running   42%  0:12",
                "13|running   42%",
                "12|running",
                "5|run..",
                "1|",
            })
    void tellsLessTheLessRoomThereIs(int columns, String line) {
        String drawn = ProgressLine.draw(HALF, columns, false, false);
        assertThat(drawn.length()).isLessThanOrEqualTo(columns);
        assertThat(drawn).isEqualTo(line == null ? "" : line);
    }

    @Test
    void fillsTheBarByWhatIsDone() {
        assertThat(ProgressLine.draw(at(0, 10), 40, false, false))
                .isEqualTo("running  -------------    0%  0:00  0/10");
        assertThat(ProgressLine.draw(at(10, 10), 60, false, false))
                .isEqualTo("running  ################################  100%  0:00  10/10");
        assertThat(ProgressLine.draw(at(11, 10), 60, false, false)).contains("100%");
    }

    @Test
    void drawsNoBarWhereTheTotalIsNotKnown() {
        assertThat(ProgressLine.draw(at(12, 0), 79, true, true)).isEqualTo("running  0:00  12 done");
        assertThat(ProgressLine.draw(at(0, 0), 79, true, true)).isEqualTo("running  0:00");
    }

    @Test
    void namesALaterAttempt() {
        assertThat(ProgressLine.draw(
                        new Progress("running", 2, 0, 0, OptionalDouble.empty(), Duration.ofSeconds(3700)),
                        79,
                        true,
                        true))
                .isEqualTo("running (attempt 2)  1:01:40");
    }

    @Test
    void coloursTheBarOnlyWhereColoursAreWanted() {
        assertThat(ProgressLine.draw(HALF, 79, true, true))
                .contains("\u001b[32m█")
                .contains("\u001b[2m░");
        assertThat(ProgressLine.draw(HALF, 79, true, false)).doesNotContain("\u001b");
    }

    private static Progress at(long done, long total) {
        return new Progress("running", 1, done, total, OptionalDouble.empty(), Duration.ZERO);
    }
}
