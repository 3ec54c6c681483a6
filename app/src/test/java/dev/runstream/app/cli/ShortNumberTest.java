package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShortNumberTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "999, 999",
        "999.6, 1.00k",
        "1000, 1.00k",
        "12345, 12.3k",
        "99950, 100k",
        "350000, 350k",
        "999500, 1.00M",
        "4200000, 4.20M",
        "1e9, 1.00G",
        "2.5, 2.50",
        "1e21, 1000E"
    })
    void writesNumbersInThreeDigits(double number, String shown) {
        assertThat(ShortNumber.of(number)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "-16170000, -16.2M",
        "-8.0391, -8.04",
        "-0.5, -0.5",
        "0.6164, 0.616",
        "0.0008, 0.0008",
        "0.011549, 0.0115",
        "0.00001234, 1.2e-05",
        "-1e-9, -1.0e-09",
        "-0.0, 0",
        "1e999, Infinity"
    })
    void writesWhatIsBelowOneOrZeroToo(double number, String shown) {
        assertThat(ShortNumber.of(number)).isEqualTo(shown);
    }
}
