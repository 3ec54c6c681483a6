package dev.runstream.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"1-1", "1763841600000-43", "9223372036854775807-9223372036854775807", "10-100"})
    void readsWhatItWrites(String text) {
        assertThat(EventId.parse(text).orElseThrow()).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "1",
                "-1",
                "1-",
                "--1",
                "1--1",
                "0-1",
                "1-0",
                "01-1",
                "1-01",
                "+1-1",
                "1-+1",
                " 1-1",
                "1-1 ",
                "1-1-1",
                "1.0-1",
                "a-1",
                "1-a",
                "1-1\u0000",
                "\u0661-1",
                "9223372036854775808-1",
                "1-9223372036854775808",
                "99999999999999999999-1",
                "1-99999999999999999999",
                "0-0",
                "-1-1",
                "1\n-1"
            })
    void refusesEverythingElse(String text) {
        assertThat(EventId.parse(text)).isEmpty();
    }

    @Test
    void readsNoFurtherThanAnIdCanBeLong() {
        assertThat(EventId.parse("1".repeat(1_000_000) + "-1")).isEmpty();
        assertThat(EventId.parse("1-" + "1".repeat(1_000_000))).isEmpty();
    }

    @Test
    void comparesAsNumbers() {
        assertThat(new EventId(9, 100)).isLessThan(new EventId(10, 1));
        assertThat(new EventId(9, 9)).isLessThan(new EventId(9, 10));
        assertThat(new EventId(9, 9)).isEqualByComparingTo(new EventId(9, 9));
    }

    @Test
    void countsFromOne() {
        assertThatThrownBy(() -> new EventId(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EventId(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
