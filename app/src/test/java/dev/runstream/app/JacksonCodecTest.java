package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import dev.runstream.core.agent.JsonCodec.Unreadable;
import dev.runstream.core.agent.RawJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JacksonCodecTest {
    private final JacksonCodec codec = new JacksonCodec();

    enum Kind {
        SEED,
        GROWTH
    }

    record Stage(String name, double rate, int months) {}

    record Fund(
            long size,
            Kind kind,
            boolean open,
            BigDecimal fee,
            List<Stage> stages,
            Map<String, Integer> counts,
            Optional<String> note) {}

    record Checked(int paths) {
        Checked {
            if (paths < 1) {
                throw new InvalidInputException("paths", "must be at least 1");
            }
        }
    }

    record Holder(Checked checked) {}

    record Plain(int paths) {
        Plain {
            if (paths < 1) {
                throw new IllegalArgumentException("paths must be at least 1");
            }
        }
    }

    record Empty() {}

    /** What an author may take for a value that is written. */
    @SuppressWarnings("unused")
    static final class Hidden {
        private final int paths = 1;
    }

    private String write(Object value) {
        return new String(codec.write(value), StandardCharsets.UTF_8);
    }

    private <T> T read(String json, Class<T> type) {
        return codec.read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void writesRecordsMapsListsAndScalars() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("stage", new Stage("A", 0.25, 18));
        value.put("list", List.of(1, "zwei", true));
        value.put("fee", new BigDecimal("2.50"));
        value.put("none", Optional.empty());
        value.put("at", Instant.parse("2026-01-31T12:00:00Z"));
        value.put("took", Duration.ofSeconds(25));
        assertThat(write(value))
                .isEqualTo("{\"stage\":{\"name\":\"A\",\"rate\":0.25,\"months\":18},\"list\":[1,\"zwei\",true],"
                        + "\"fee\":2.50,\"none\":null,\"at\":\"2026-01-31T12:00:00Z\",\"took\":\"PT25S\"}");
    }

    @Test
    void passesRawJsonThroughTokenForToken() {
        RawJson raw = new RawJson(" { \"b\" : 1.50e0, \"a\" : \"\\u0041\", \"b\" : 2 } ");
        assertThat(write(raw)).isEqualTo("{\"b\":1.50e0,\"a\":\"\\u0041\",\"b\":2}");
        assertThat(write(List.of(raw, 3))).isEqualTo("[{\"b\":1.50e0,\"a\":\"\\u0041\",\"b\":2},3]");
        assertThat(write(Map.of("in", raw))).startsWith("{\"in\":{\"b\":1.50e0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "1 2", "NaN", "{\"a\":1,}"})
    void refusesRawJsonThatIsNone(String text) {
        assertThatThrownBy(() -> codec.write(Map.of("in", new RawJson(text))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RawJson");
    }

    @Test
    void refusesNumbersThatJsonCannotHold() {
        for (Object value : List.of(
                Double.NaN,
                Float.POSITIVE_INFINITY,
                Map.of("a", Double.NEGATIVE_INFINITY),
                new Stage("A", Double.NaN, 1),
                new double[] {1, Double.NaN},
                new float[] {Float.NaN})) {
            assertThatThrownBy(() -> codec.write(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no JSON number");
        }
    }

    @Test
    void refusesAValueOfWhichNothingCanBeSeen() {
        assertThatThrownBy(() -> codec.write(new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has no JSON form: java.lang.Object has no properties that can be written");
        assertThatThrownBy(() -> codec.write(Map.of("points", List.of(1, new Hidden()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has no JSON form: points.1: " + Hidden.class.getName()
                        + " has no properties that can be written");
    }

    @Test
    void writesWhatIsEmptyOnPurpose() {
        assertThat(write(new Empty())).isEqualTo("{}");
        assertThat(write(Map.of())).isEqualTo("{}");
    }

    @Test
    void namesTheFieldOfANumberThatJsonCannotHold() {
        assertThatThrownBy(() -> codec.write(Map.of("stages", List.of(new Stage("A", Double.NaN, 1)))))
                .hasMessage("has no JSON form: stages.0.rate: NaN is no JSON number");
        assertThatThrownBy(() -> codec.write(Double.POSITIVE_INFINITY))
                .hasMessage("has no JSON form: Infinity is no JSON number");
    }

    @Test
    void readsRecordsAndIgnoresWhatTheyLack() {
        Fund fund = read("""
                {"size": 100000000, "kind": "SEED", "open": true, "fee": 2.50, "other": {"deep": [1]},
                 "stages": [{"name": "A", "rate": 0.25, "months": 18}], "counts": {"a": 1}, "note": "n"}""", Fund.class);
        assertThat(fund)
                .isEqualTo(new Fund(
                        100_000_000,
                        Kind.SEED,
                        true,
                        new BigDecimal("2.50"),
                        List.of(new Stage("A", 0.25, 18)),
                        Map.of("a", 1),
                        Optional.of("n")));
        assertThat(fund.fee()).isEqualTo(new BigDecimal("2.50"));
    }

    @Test
    void keepsTheDigitsOfDecimalsWithoutAType() {
        assertThat(read("{\"a\":0.10,\"b\":12345678901234567890123.5}", Object.class))
                .isEqualTo(Map.of("a", new BigDecimal("0.10"), "b", new BigDecimal("12345678901234567890123.5")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"size\":\"ten\"} | size | must be a whole number",
                "{\"size\":\"10\"} | size | must be a whole number",
                "{\"size\":1.5} | size | must be a whole number",
                "{\"size\":99999999999999999999} | size | must be a whole number within its range",
                "{\"size\":null} | size | must be a whole number",
                "{\"kind\":\"LATE\"} | kind | must be one of SEED, GROWTH",
                "{\"open\":\"true\"} | open | must be true or false",
                "{\"open\":1} | open | must be true or false",
                "{\"fee\":\"x\"} | fee | must be a number",
                "{\"stages\":{}} | stages | must be a list",
                "{\"stages\":[{\"name\":\"A\",\"rate\":1,\"months\":1},3]} | stages.1 | must be an object",
                "{\"stages\":[{\"name\":[],\"rate\":1,\"months\":1}]} | stages.0.name | must be text",
                "{\"stages\":[{\"name\":\"A\",\"rate\":1,\"months\":\"x\"}]} | stages.0.months "
                        + "| must be a whole number",
                "{\"counts\":{\"a\":[]}} | counts.a | must be a whole number",
                "[] | '' | must be an object",
            })
    void namesTheFieldThatDoesNotFit(String json, String field, String message) {
        assertThatThrownBy(() -> read(json, Fund.class))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        fault -> assertThat(fault.faults()).containsExactly(new FieldFault(field, message)));
    }

    @Test
    void namesAPrimitiveThatIsMissing() {
        assertThatThrownBy(() -> read("{\"name\":\"A\",\"rate\":0.5}", Stage.class))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        fault -> assertThat(fault.faults())
                                .containsExactly(new FieldFault("months", "must be a whole number")));
    }

    @Test
    void letsAConstructorSayWhatIsWrong() {
        assertThatThrownBy(() -> read("{\"checked\":{\"paths\":0}}", Holder.class))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        fault -> assertThat(fault.faults())
                                .containsExactly(new FieldFault("checked.paths", "must be at least 1")));
        assertThatThrownBy(() -> read("{\"paths\":0}", Plain.class))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        fault -> assertThat(fault.faults())
                                .containsExactly(new FieldFault("", "paths must be at least 1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "{\"size\":NaN}", "nul"})
    void refusesWhatIsNotOneValue(String json) {
        assertThatThrownBy(() -> read(json, Fund.class)).isInstanceOf(Unreadable.class);
    }

    @Test
    void refusesNullWhereAValueIsAsked() {
        assertThatThrownBy(() -> read("null", Fund.class)).isInstanceOf(Unreadable.class);
    }
}
