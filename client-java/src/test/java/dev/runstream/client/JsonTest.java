package dev.runstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
    record Metric(String name, double p50) {}

    /** Jackson sees nothing of it. */
    static final class Hidden {}

    private static String write(Object value) {
        return new String(Json.write(Json.STRICT, value), StandardCharsets.UTF_8);
    }

    static List<Object> notFinite() {
        return List.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                new double[] {1, Double.NaN},
                new float[] {Float.NaN},
                Map.of("irr", Double.NaN),
                List.of(1, Double.NEGATIVE_INFINITY),
                new Metric("irr", Double.NaN),
                Json.STRICT.createObjectNode().put("irr", Double.NaN),
                DoubleNode.valueOf(Double.NaN),
                Json.STRICT.createArrayNode().addPOJO(new Metric("irr", Double.NaN)));
    }

    @ParameterizedTest
    @MethodSource("notFinite")
    void refusesWhatIsNoNumberInJson(Object value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(value))
                .withMessageMatching("cannot be written as JSON: (NaN|-?Infinity) is no number in JSON.*");
    }

    @Test
    void saysWhereInAValueTheFaultIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(Map.of("metrics", List.of(new Metric("a", 1), new Metric("b", Double.NaN)))))
                .withMessage("cannot be written as JSON: NaN is no number in JSON (at metrics.1.p50)");
    }

    @Test
    void refusesAnObjectThatHasNothingToWrite() {
        String name = Hidden.class.getName();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(new Hidden()))
                .withMessage(
                        "cannot be written as JSON: " + name + " has no public getters, fields or record components");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(Map.of("a", new Hidden())))
                .withMessageContaining(name)
                .withMessageEndingWith("(at a)");
    }

    @Test
    void writesEveryOtherNumberAsTheMapperDoes() throws Exception {
        List<Object> values = Stream.of(
                        1.5e300,
                        -0.0f,
                        Double.MIN_VALUE,
                        new double[] {1, 2.5},
                        new float[] {0.1f},
                        new BigDecimal("1.50"),
                        Map.of("a", List.of(1, 2L)),
                        new Metric("x", 0.1),
                        "NaN")
                .map(Object.class::cast)
                .toList();
        for (Object value : values) {
            assertThat(write(value)).isEqualTo(Json.STRICT.writeValueAsString(value));
        }
    }

    @Test
    void writesOneLineWhateverTheMapperLikes() throws Exception {
        ObjectMapper pretty = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        byte[] json = Json.write(pretty, Map.of("a", Arrays.asList(1, null)));
        assertThat(json).doesNotContain((byte) '\n', (byte) '\r');
        assertThat(pretty.readTree(json)).isEqualTo(pretty.readTree("{\"a\":[1,null]}"));
    }
}
