package dev.runstream.agents.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
    private static List<String> parse(byte[] stream, int piece) throws SseParser.TooLongException {
        List<String> events = new ArrayList<>();
        SseParser parser = new SseParser(100, events::add);
        for (int i = 0; i < stream.length; i += piece) {
            parser.feed(stream, i, Math.min(stream.length, i + piece));
        }
        return events;
    }

    /** The same however the bytes are cut. */
    private static List<String> parse(String stream) throws SseParser.TooLongException {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        List<String> whole = parse(bytes, bytes.length);
        for (int piece = 1; piece < bytes.length; piece++) {
            assertThat(parse(bytes, piece)).isEqualTo(whole);
        }
        return whole;
    }

    @Test
    void endsLinesAtEachOfTheThreeEnds() throws Exception {
        assertThat(parse("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n")).containsExactly("a", "b", "c", "d");
    }

    @Test
    void joinsDataLinesAndTakesOneSpaceAway() throws Exception {
        assertThat(parse("data:a\ndata:  b\ndata\n\n")).containsExactly("a\n b\n");
    }

    @Test
    void passesOverCommentsOtherFieldsAndEventsWithoutData() throws Exception {
        assertThat(parse(":hi\nevent: x\nid: 1\nretry: 5\n\ndata2: x\n\ndata: a\n\n"))
                .containsExactly("a");
    }

    @Test
    void passesOverTheByteOrderMarkAndDropsAnEventThatIsCutOff() throws Exception {
        assertThat(parse("\uFEFFdata: ż🦊\n\ndata: cut\n")).containsExactly("ż🦊");
    }

    @Test
    void refusesALineOrAnEventThatIsTooLong() {
        assertThatThrownBy(() -> parse("data: " + "x".repeat(200))).isInstanceOf(SseParser.TooLongException.class);
        assertThatThrownBy(() -> parse(("data: " + "x".repeat(40) + "\n").repeat(3)))
                .isInstanceOf(SseParser.TooLongException.class);
    }
}
