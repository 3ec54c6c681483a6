package dev.runstream.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventEnvelopeTest {
    @Test
    void readsTypeAndData() {
        assertThat(parse("{ \"type\": \"delta\", \"data\": {\"text\": \"a b\"} }"))
                .isEqualTo(envelope("delta", "{\"text\":\"a b\"}"));
    }

    @Test
    void takesTheMembersInAnyOrder() {
        assertThat(parse("{\"data\":[{\"type\":\"x\"},\"}\"],\"type\":\"partial\"}"))
                .isEqualTo(envelope("partial", "[{\"type\":\"x\"},\"}\"]"));
    }

    @Test
    void comparesNamesAndReadsTheTypeAfterUnescaping() {
        assertThat(parse("{\"\\u0074ype\":\"de\\u006cta\",\"dat\\u0061\":\"\\u0061\"}"))
                .isEqualTo(envelope("delta", "\"\\u0061\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "null",
                "true",
                "-1.5e3",
                "\"\"",
                "{}",
                "[]",
                "[[1,{\"a\":\"]\"}],\"\\\\\"]",
                "\"\\\"\\\\\\\"\"",
                "{\"data\":1}"
            })
    void takesAnyDataAsItStands(String data) {
        assertThat(parse("{\"type\":\"complete\",\"data\":" + data + "}")).isEqualTo(envelope("complete", data));
        assertThat(parse("{\"data\":" + data + ",\"type\":\"complete\"}")).isEqualTo(envelope("complete", data));
    }

    @Test
    void leavesItToTheCallerWhichTypesThereAre() {
        assertThat(parse("{\"type\":\"\",\"data\":1}")).isEqualTo(envelope("", "1"));
    }

    @Test
    void readsWhatLiesInTheMiddleOfAnArray() {
        byte[] array = "[{\"type\":\"delta\",\"data\":1}]".getBytes(UTF_8);

        assertThat(EventEnvelope.parse(JsonBytes.trusted(array, 1, array.length - 1)))
                .isEqualTo(envelope("delta", "1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[1]                                     | an event must be an object with \"type\" and \"data\"",
                "\"delta\"                               | an event must be an object with \"type\" and \"data\"",
                "{}                                      | member \"type\" is missing; an event has \"type\" and \"data\"",
                "{\"type\":\"delta\"}                    | member \"data\" is missing; an event has \"type\" and \"data\"",
                "{\"data\":1}                            | member \"type\" is missing; an event has \"type\" and \"data\"",
                "{\"type\":\"delta\",\"data\":1,\"foo\":2} | unknown member \"foo\"; an event has \"type\" and \"data\"",
                "{\"Type\":\"delta\",\"data\":1}         | unknown member \"Type\"; an event has \"type\" and \"data\"",
                "{\"type\\u0000\":\"delta\",\"data\":1}  | ~unknown member \"type\u0000\"; an event has \"type\" and \"data\"~",
                "{\"type\":\"a\",\"data\":1,\"type\":\"a\"} | member \"type\" is there twice; an event has \"type\" and \"data\" once each",
                "{\"type\":\"a\",\"data\":1,\"d\\u0061ta\":1} | member \"data\" is there twice; an event has \"type\" and \"data\" once each",
                "{\"type\":1,\"data\":1}                 | \"type\" must be a string",
                "{\"type\":null,\"data\":1}              | \"type\" must be a string"
            })
    void namesTheMemberThatIsWrong(String text, String message) {
        assertThat(parse(text)).isEqualTo(new EnvelopeResult.Fault(message));
    }

    @Test
    void showsOnlyTheBeginningOfALongName() {
        assertThat(parse("{\"" + "n".repeat(500) + "\":1}"))
                .isEqualTo(new EnvelopeResult.Fault(
                        "unknown member \"" + "n".repeat(40) + "…\"; an event has \"type\" and \"data\""));
    }

    @Test
    void addsNoMoreThanTheOverheadSaysHoweverItIsEscaped() {
        String longest = "{" + escaped("type") + ":" + escaped("complete") + "," + escaped("data") + ":0}";

        assertThat(parse(longest)).isEqualTo(envelope("complete", "0"));
        assertThat(longest.length() - 1).isLessThanOrEqualTo(EventEnvelope.MAX_OVERHEAD_BYTES);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder("\"");
        text.chars().forEach(letter -> escaped.append(String.format("\\u%04x", letter)));
        return escaped.append('"').toString();
    }

    private static EnvelopeResult parse(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return EventEnvelope.parse((JsonBytes) JsonCompactor.compact(bytes, bytes.length));
    }

    private static EventEnvelope envelope(String type, String data) {
        return new EventEnvelope(type, JsonBytes.trusted(data.getBytes(UTF_8)));
    }
}
