package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class OutlineTest {
    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void namesTheFirstValuesOnOneLine() throws Exception {
        JsonNode partial =
                json("{\"input\":{\"size\":1},\"seed\":7,\"net\":{\"tvpi\":{\"p50\":2.31}},\"list\":[1],\"ok\":true}");
        assertThat(Outline.line(partial, 80, true)).isEqualTo("net.tvpi.p50 2.31 · ok true");
        assertThat(Outline.line(partial, 12, true)).isEqualTo("net.tvpi.p5…");
        assertThat(Outline.line(partial, 12, false)).isEqualTo("net.tvpi.p..");
    }

    @Test
    void tellsAValueALineAndShortensLists() throws Exception {
        assertThat(Outline.lines(json("{\"input\":{\"size\":1},\"a\":{\"b\":1,\"c\":[1,2]},"
                        + "\"long\":[1,2,3,4,5,6,7,8,9],\"rows\":[{\"x\":1},{\"x\":2}],\"none\":null,\"e\":{}}")))
                .containsExactly(
                        "a:",
                        "  b: 1",
                        "  c: [1,2]",
                        "long: [1, ... 9] (9 values)",
                        "rows:",
                        "  0:",
                        "    x: 1",
                        "  1:",
                        "    x: 2",
                        "none: null",
                        "e: {}");
        assertThat(Outline.lines(json("\"done\""))).containsExactly("done");
    }

    @Test
    void letsNoControlCharacterThrough() throws Exception {
        assertThat(Outline.lines(json("{\"a\\u001b[2J\":\"b\\u001b]0;x\\u0007\\u202e\"}")))
                .containsExactly("a[2J: b]0;x");
        assertThat(Plain.line("a\nb\u0000c\u009b")).isEqualTo("a bc");
    }

    @Test
    void countsWideCharactersTwice() {
        assertThat(Width.of("日本e\u0301")).isEqualTo(5);
        assertThat(Width.cut("日本語", 5, true)).isEqualTo("日本…");
    }
}
