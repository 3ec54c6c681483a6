package dev.runstream.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBytesTest {
    @Test
    void unescapesAString() {
        assertThat(json("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\ude39 é\"").stringValue())
                .isEqualTo("\"\\/\b\f\n\r\tA😹 é");
        assertThat(json("\"\"").stringValue()).isEmpty();
        assertThat(json("\"a\\\\n\"").stringValue()).isEqualTo("a\\n");
        assertThat(json("\"\\ud800x\"").stringValue()).isEqualTo("\uD800x");
    }

    @Test
    void hasTextOnlyWhereItIsAString() {
        assertThatIllegalStateException().isThrownBy(() -> json("1").stringValue());
        assertThat(json("1").isString("1")).isFalse();
        assertThat(json("\"cancelled\"").isString("cancelled")).isTrue();
        assertThat(json("\"cancelle\\u0064\"").isString("cancelled")).isTrue();
        assertThat(json("\"cancelle\"").isString("cancelled")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\" \\ /",
                "\b\f\n\r\t\0\u001f\u007f",
                "é€😹\u2028",
                "\uD800",
                "a\uDC00b",
                "\uDC00\uD800"
            })
    void quotesAStringSoThatItComesBack(String text) {
        JsonBytes quoted = JsonBytes.ofString(text);

        assertThat(JsonCompactor.compact(quoted.toByteArray(), 1000)).isEqualTo(quoted);
        assertThat(quoted.stringValue()).isEqualTo(text);
        assertThat(quoted.isString(text)).isTrue();
    }

    @Test
    void isEqualByItsBytesWhereverTheyLie() {
        byte[] array = "[12,12]".getBytes(UTF_8);
        JsonBytes first = JsonBytes.trusted(array, 1, 3);
        JsonBytes second = JsonBytes.trusted(array, 4, 6);

        assertThat(first).isEqualTo(second).hasSameHashCodeAs(second).hasToString("12");
        assertThat(first).isNotEqualTo(json("13")).isNotEqualTo(json("120"));
        assertThat(first.length()).isEqualTo(2);
        assertThat(first.toByteArray()).containsExactly('1', '2');
    }

    @Test
    void isApartFromItsArrayOnceCopied() {
        byte[] array = {'7'};
        JsonBytes copy = JsonBytes.trusted(array).copy();
        array[0] = '8';

        assertThat(copy).hasToString("7");
    }

    private static JsonBytes json(String text) {
        return JsonBytes.trusted(text.getBytes(UTF_8));
    }
}
