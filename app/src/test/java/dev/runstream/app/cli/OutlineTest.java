package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutlineTest {
    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static List<String> lines(String text) throws Exception {
        return Outline.lines(json(text), 79, true);
    }

    private static String measure(double by) {
        return "{'mean':%s,'min':%s,'p5':%s,'p50':%s,'p95':%s,'max':%s,'standardError':0.0008,'none':{'paths':1},"
                        .formatted(2 * by, 0.0, by / 2, by, 3 * by, 1000 * by)
                + "'histogram':{'edges':[0,1,2,3,4,5,6,7,8,9],'counts':[0,1,4,8,4,2,1,1,0,1]}}";
    }

    @Test
    void tellsAValueALineAndShortensLists() throws Exception {
        assertThat(lines("{'input':{'size':1},'a':{'b':1,'c':[1,2]},'long':['1','2','3','4','5','6','7','8','9'],"
                        + "'none':null,'e':{}}"))
                .containsExactly("a:", "  b: 1", "  c: [1,2]", "long: [1, ... 9] (9 values)", "none: null", "e: {}");
        assertThat(lines("'done'")).containsExactly("done");
    }

    @Test
    void drawsManyNumbersAsBars() throws Exception {
        assertThat(lines("{'counts':[0,1,2,3,4,5,6,7,8]}")).containsExactly("counts:  ▁▂▃▄▅▆▇█ (9 values, 0 to 8)");
        assertThat(Outline.lines(json("[0,1,2,3,4,5,6,7,8]"), 79, false))
                .containsExactly(" .:-=+*#@ (9 values, 0 to 8)");
    }

    @Test
    void setsMeasuresOfOneKindSideBySideAtTheEnd() throws Exception {
        assertThat(lines(
                        "{'odds':{'one':{'paths':1,'percent':84.1},'three':{'paths':2,'percent':11.7}},'metrics':{'netTvpi':"
                                + measure(1.69) + ",'netIrr':" + measure(8.31) + ",'grossTvpi':" + measure(2.16)
                                + "},'paths':5}"))
                .containsExactly(
                        "paths: 5",
                        "",
                        "odds:",
                        "         paths  percent",
                        "  one        1     84.1",
                        "  three      2     11.7",
                        "",
                        "metrics:",
                        "             mean  min     p5   p50   p95    max  standardError  histogram",
                        "  netTvpi    3.38    0  0.845  1.69  5.07  1.69k         0.0008   ▁▄█▄▂▁▁ ▁",
                        "  netIrr     16.6    0   4.16  8.31  24.9  8.31k         0.0008   ▁▄█▄▂▁▁ ▁",
                        "  grossTvpi  4.32    0   1.08  2.16  6.48  2.16k         0.0008   ▁▄█▄▂▁▁ ▁");
    }

    @ParameterizedTest
    @ValueSource(ints = {79, 70, 60, 45, 38, 29, 5, 1})
    void leavesOutTheLeastTellingColumnsWhereThereIsNoRoom(int columns) throws Exception {
        List<String> lines = Outline.lines(
                json("{'metrics':{'netTvpi':" + measure(1.69) + ",'grossTvpi':" + measure(2.16) + "}}"), columns, true);
        assertThat(lines)
                .hasSize(4)
                .allSatisfy(line -> assertThat(Width.of(line)).isLessThanOrEqualTo(columns));
        String head = lines.get(1);
        assertThat(head.contains("standardError")).isEqualTo(columns >= 79);
        assertThat(head.contains("max")).isEqualTo(columns >= 60);
        assertThat(head.contains("histogram")).isEqualTo(columns >= 45);
        assertThat(head.contains("p95")).isEqualTo(columns >= 30);
    }

    @Test
    void setsObjectsThatAreAlikeInRows() throws Exception {
        assertThat(lines("{'convergence':[{'paths':100,'irr':{'p50':10.1562,'standardError':1.7578},'at':'start'},"
                        + "{'paths':1000000,'irr':{'p50':8.3114,'standardError':0.0105},'at':null}]}"))
                .containsExactly(
                        "convergence:",
                        "  paths  irr.p50  irr.standardError  at",
                        "    100     10.2               1.76  start",
                        "  1.00M     8.31             0.0105  -");
    }

    @Test
    void setsListsThatAreAsLongAsOneAnotherInColumnsByTheirMiddlesWhereThereIsNoRoom() throws Exception {
        String byYear = "{'byYear':{'years':[1,2,3],'netTvpi':{'p5':[0.7,0.7,0.7],'p50':[0.8667,0.8871,1.9441]},"
                + "'cash':{'p5':[-1,-2,-3],'p50':[-16126803,0,5]}}}";
        assertThat(Outline.lines(json(byYear), 36, true))
                .containsExactly(
                        "byYear:",
                        "  years  netTvpi.p50  cash.p50",
                        "      1        0.867    -16.1M",
                        "      2        0.887         0",
                        "      3         1.94         5");
        assertThat(lines(byYear)).contains("  years  netTvpi.p5  netTvpi.p50  cash.p5  cash.p50");
    }

    @Test
    void showsTheLastOfManyRows() throws Exception {
        String rows = IntStream.rangeClosed(1, 40)
                .mapToObj(year -> "{'year':" + year + ",'value':" + year + "}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(lines(rows))
                .hasSize(18)
                .startsWith("(the last 16 of 40):", "  year  value")
                .endsWith("    40     40");
    }

    @Test
    void keepsLongTextsAndWhatIsNotAlikeOnLinesOfTheirOwn() throws Exception {
        assertThat(lines("[{'url':'http://127.0.0.1:8080/very/long'},{'url':'x'}]"))
                .containsExactly("0:", "  url: http://127.0.0.1:8080/very/long", "1:", "  url: x");
        assertThat(lines("{'a':{'x':1,'y':2},'b':{'x':1,'unit':'ms'}}"))
                .containsExactly("a:", "  x: 1", "  y: 2", "b:", "  x: 1", "  unit: ms");
    }

    @Test
    void namesWhereInTheResultATableStands() throws Exception {
        assertThat(lines("{'report':{'metrics':{'a':{'x':1,'y':2},'b':{'x':3,'y':4}}}}"))
                .containsExactly("report.metrics:", "     x  y", "  a  1  2", "  b  3  4");
    }

    @Test
    void letsNoControlCharacterThrough() throws Exception {
        assertThat(Outline.lines(
                        new ObjectMapper().readTree("{\"a\\u001b[2J\":\"b\\u001b]0;x\\u0007\\u202e\"}"), 79, true))
                .containsExactly("a[2J: b]0;x");
        assertThat(Outline.lines(
                        new ObjectMapper()
                                .readTree(
                                        "{\"m\":{\"a\\u001b[2J\":{\"x\\u0007\":1,\"y\":2},\"b\":{\"x\\u0007\":3,\"y\":4}}}"),
                        79,
                        true))
                .containsExactly("m:", "        x  y", "  a[2J  1  2", "  b     3  4");
        assertThat(Plain.line("a\nb\u0000c\u009b")).isEqualTo("a bc");
    }

    @Test
    void countsWideCharactersTwice() {
        assertThat(Width.of("日本e\u0301")).isEqualTo(5);
        assertThat(Width.cut("日本語", 5, true)).isEqualTo("日本…");
    }
}
