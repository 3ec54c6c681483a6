package dev.runstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
    private static final String ALL_KINDS =
            "\uFEFF:hello ☃\r\nretry: 1500\r\nid: 1-1\r\nevent: delta\r\ndata: {\"a\":\"grün 🎈\"}\r\n\r\n"
                    + "data:one\rdata: two\rdata\r\r" + "id: 1-2\nid: bad\0id\nunknown: x\ndata:  spaced\n\n"
                    + "id\ndata: gone\n\n"
                    + "event: nothing\n\n: between\ndata:\n\nretry: 12x\nretry:\ndata: end\r\n\r\ndata: cut off\nid: 9-9";

    private static final List<String> FOUND = List.of(
            "comment hello ☃",
            "retry 1500",
            "event Optional[1-1] delta {\"a\":\"grün 🎈\"}",
            "event Optional.empty message one\ntwo\n",
            "event Optional[1-2] message  spaced",
            "event Optional[] message gone",
            "comment  between",
            "event Optional.empty message ",
            "event Optional.empty message end");

    private static final class Recorder implements SseParser.Sink {
        final List<String> found = new ArrayList<>();

        @Override
        public void event(SseEvent event) {
            found.add("event " + event.id() + " " + event.event() + " " + event.data());
        }

        @Override
        public void comment(String text) {
            found.add("comment " + text);
        }

        @Override
        public void retry(long millis) {
            found.add("retry " + millis);
        }

        @Override
        public void oversized(Optional<String> id, String event, long bytes) {
            found.add("oversized " + id + " " + event + " " + bytes);
        }
    }

    private static List<String> parse(String stream) {
        return parse(stream.getBytes(UTF_8), SseParser.DEFAULT_MAX_EVENT_BYTES, Integer.MAX_VALUE);
    }

    private static List<String> parse(byte[] stream, int maxEventBytes, int chunkSize) {
        Recorder recorder = new Recorder();
        SseParser parser = new SseParser(maxEventBytes, recorder);
        for (int at = 0; at < stream.length; at += Math.min(chunkSize, stream.length - at)) {
            parser.feed(Arrays.copyOfRange(stream, at, at + Math.min(chunkSize, stream.length - at)));
        }
        return recorder.found;
    }

    @Test
    void readsEveryKindOfLine() {
        assertThat(parse(ALL_KINDS)).isEqualTo(FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 11})
    void readsTheSameInPiecesOfAnySize(int size) {
        assertThat(parse(ALL_KINDS.getBytes(UTF_8), 1 << 20, size)).isEqualTo(FOUND);
    }

    @Test
    void readsTheSameCutInTwoAnywhere() {
        byte[] stream = ALL_KINDS.getBytes(UTF_8);
        for (int cut = 0; cut <= stream.length; cut++) {
            Recorder recorder = new Recorder();
            SseParser parser = new SseParser(recorder);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(cut).put(stream, 0, cut).flip();
            parser.feed(direct);
            parser.feed(ByteBuffer.wrap(stream, cut, stream.length - cut));
            assertThat(recorder.found).as("cut at %d", cut).isEqualTo(FOUND);
            assertThat(direct.hasRemaining()).isFalse();
        }
    }

    @Test
    void commitsAnIdOnlyWithItsBlankLine() {
        SseParser parser = new SseParser(event -> {});
        parser.feed("id: 1-1\ndata: a\n\nid: 1-2\ndata: b\n".getBytes(UTF_8));
        assertThat(parser.lastEventId()).isEqualTo("1-1");
        parser.feed("\n".getBytes(UTF_8));
        assertThat(parser.lastEventId()).isEqualTo("1-2");
    }

    @Test
    void keepsTheLastIdPastEventsThatHaveNoneAndCommitsOneWithoutData() {
        SseParser parser = new SseParser(event -> {});
        parser.feed("id: 1-1\ndata: a\n\ndata: b\n\n".getBytes(UTF_8));
        assertThat(parser.lastEventId()).isEqualTo("1-1");
        parser.feed("id: 1-2\n\n".getBytes(UTF_8));
        assertThat(parser.lastEventId()).isEqualTo("1-2");
        parser.feed("id\n\n".getBytes(UTF_8));
        assertThat(parser.lastEventId()).isEmpty();
    }

    @Test
    void dispatchesAtTheCarriageReturnWithoutWaitingForALineFeed() {
        assertThat(parse("data: now\r\r")).containsExactly("event Optional.empty message now");
        assertThat(parse("data: now\r\n\r")).containsExactly("event Optional.empty message now");
    }

    @Test
    void keepsAByteOrderMarkThatIsNotTheFirstThing() {
        assertThat(parse("\uFEFF\uFEFFdata: a\n\ndata: b\n\n")).containsExactly("event Optional.empty message b");
        assertThat(parse("data: \uFEFFa\n\n")).containsExactly("event Optional.empty message \uFEFFa");
    }

    @Test
    void keepsBytesThatOnlyBeginLikeAByteOrderMark() {
        byte[] stream = {
            (byte) 0xEF, (byte) 0xBB, 'd', 'a', 't', 'a', ':', 'x', '\n', 'd', 'a', 't', 'a', ':', 'y', '\n', '\n'
        };
        for (int size = 1; size <= stream.length; size++) {
            assertThat(parse(stream, 1 << 20, size)).containsExactly("event Optional.empty message y");
        }
    }

    @Test
    void replacesBytesThatAreNotUtf8LikeABrowser() {
        // Expected by the table of the WHATWG decoder: one mark per maximal part that begins well.
        assertThat(replaced(0xC0, 0xAF)).isEqualTo(2);
        assertThat(replaced(0xE0, 0x80, 0x80)).isEqualTo(3);
        assertThat(replaced(0xE2, 0x82)).isEqualTo(1);
        assertThat(replaced(0xF0, 0x9F, 0x8E)).isEqualTo(1);
        assertThat(replaced(0xF4, 0x90, 0x80, 0x80)).isEqualTo(4);
        assertThat(replaced(0xED, 0xA0, 0x80)).isEqualTo(3);
        assertThat(replaced(0xFF)).isEqualTo(1);
    }

    private static int replaced(int... bytes) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes("data:".getBytes(UTF_8));
        for (int b : bytes) {
            stream.write(b);
        }
        stream.writeBytes("\n\n".getBytes(UTF_8));
        String found = parse(stream.toByteArray(), 1 << 20, 1).getFirst();
        String text = found.substring("event Optional.empty message ".length());
        assertThat(text).matches("\uFFFD*");
        return text.length();
    }

    @Test
    void saysARetryThatIsTooLargeIsTheLargest() {
        assertThat(parse("retry: 99999999999999999999\n")).containsExactly("retry " + Long.MAX_VALUE);
        assertThat(parse("retry: 9223372036854775807\n")).containsExactly("retry " + Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 1000, 100_000})
    void skipsAnEventPastTheLimitReportsItAndCommitsItsId(int size) {
        String big = "x".repeat(3000);
        String stream =
                "id: 1-1\ndata: small\n\n" + "id: 1-2\nevent: partial\ndata: " + big + "\ndata: more\n\n" + "data: "
                        + big + "\nid: 1-3\n\n" + "data: " + "y".repeat(90) + "\nid: 1-4\n\nid: 1-5\ndata: after\n\n";
        assertThat(parse(stream.getBytes(UTF_8), 100, size))
                .containsExactly(
                        "event Optional[1-1] message small",
                        "oversized Optional[1-2] partial 3037",
                        "oversized Optional[1-3] message 3013",
                        "oversized Optional[1-4] message 103",
                        "event Optional[1-5] message after");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void aLongCommentIsCutAndCostsNoEvent(int size) {
        String stream = "data: a\n:" + "c".repeat(5000) + "\ndata: b\n\n";
        assertThat(parse(stream.getBytes(UTF_8), 100, size))
                .containsExactly("comment " + "c".repeat(99), "event Optional.empty message a\nb");
    }

    @Test
    void readsAMegabyteInSmallPieces() {
        byte[] event = ("data: " + "z".repeat(1_000_000) + "\n\n").getBytes(UTF_8);
        assertThat(parse(event, 1 << 21, 16).getFirst()).hasSize(1_000_000 + "event Optional.empty message ".length());
    }
}
