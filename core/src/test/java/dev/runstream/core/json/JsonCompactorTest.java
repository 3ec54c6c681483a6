package dev.runstream.core.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCompactorTest {
    private final JsonCompactor compactor = new JsonCompactor(1000);

    @Test
    void keepsNumbersEscapesOrderAndDuplicates() {
        assertThat(compact("{ \"z\" : 1.50e+007 , \"a\" : \"\\u00e9\\/ \\n\" , \"z\" : -0 }"))
                .hasToString("{\"z\":1.50e+007,\"a\":\"\\u00e9\\/ \\n\",\"z\":-0}");
    }

    @Test
    void endsANumberAtTheTopOnlyWithTheText() {
        feed("12");
        feed("3");

        assertThat(compactor.finish()).hasToString("123");
    }

    @Test
    void givesTheSameAnswerWhenAskedToFinishAgain() {
        feed("[1]");

        assertThat(compactor.finish()).isSameAs(compactor.finish());
    }

    @Test
    void takesAnotherTextOnlyAfterAReset() {
        feed("[1]");
        compactor.finish();
        assertThatIllegalStateException().isThrownBy(() -> feed("2"));

        compactor.reset();

        assertThat(feed("{\"a\":2}")).isTrue();
        assertThat(compactor.finish()).hasToString("{\"a\":2}");
    }

    @Test
    void forgetsWithAResetWhatItStoodIn() {
        for (String cut : new String[] {"{\"na", "[[[{", "\"\\u00", "[1,", "tr", "-", "}"}) {
            feed(cut);
            compactor.reset();

            assertThat(feed("\"fresh\"")).isTrue();
            assertThat(compactor.finish()).hasToString("\"fresh\"");
            compactor.reset();
        }
    }

    @Test
    void staysRefusedWhateverFollows() {
        assertThat(feed("[1,]")).isFalse();
        assertThat(feed("[]")).isFalse();

        assertThat(compactor.finish()).isEqualTo(JsonFault.invalid("expected a value, but found ']'", 3));
    }

    @Test
    void knowsATextOfNothingButWhitespace() {
        assertThat(compactor.isBlank()).isTrue();
        feed(" \r\n\t");
        assertThat(compactor.isBlank()).isTrue();
        feed("7");
        assertThat(compactor.isBlank()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[1,]               | 3  | expected a value, but found ']'",
                "[ 1 2              | 4  | expected ',' or ']', but found '2'",
                "{\"a\" 1           | 5  | expected ':', but found '1'",
                "{\"a\":1,}         | 7  | expected a name in double quotes, but found '}'",
                "{1                 | 1  | expected a name in double quotes or '}', but found '1'",
                "{\"a\":1]          | 6  | expected ',' or '}', but found ']'",
                "nul!               | 3  | expected null, but found '!'",
                "[tru]              | 4  | expected true, but found ']'",
                "fa                 | 2  | the text ends where there should be false",
                "007                | 1  | a number must not have a leading zero",
                "-x                 | 1  | expected a digit, but found 'x'",
                "1e                 | 2  | the text ends where there should be a digit or a sign",
                "\"\\x              | 2  | expected one of \" \\ / b f n r t u after a backslash, but found 'x'",
                "\"\\u12g           | 5  | expected four hexadecimal digits after \\u, but found 'g'",
                "\"abc              | 4  | the text ends where there should be the rest of a string and its closing quote",
                "~~                 | 0  | there is no JSON value",
                "~  ~               | 2  | there is no JSON value",
                "{} x               | 3  | expected nothing more after the value, but found 'x'",
                "~\"1234567890\u0007~ | 11 | byte 0x07 must be escaped in a string",
                "~[\"\u00C0\u0080\"]~ | 2  | not UTF-8: byte 0xC0 cannot begin a character",
                "~[\"\u00E0\u0080\"]~ | 3  | not UTF-8: byte 0x80 cannot continue the character before it",
                "~\"\u00E2\u0082\"~ | 3  | not UTF-8: '\"' cannot continue the character before it",
                "~\"\u00E2\u0082~   | 3  | the text ends where there should be the rest of a UTF-8 character",
                "~\u00EF\u00BB\u00BF{}~ | 0 | JSON must not begin with a byte order mark",
                "~[\u00A0]~         | 1  | expected a value or ']', but found byte 0xA0"
            })
    void saysWhatIsWrongAndWhere(String text, long offset, String message) {
        assertThat(Feeding.inEachWay(compactor, text.getBytes(ISO_8859_1)))
                .isEqualTo(new JsonFault(JsonFault.Kind.INVALID, message, offset));
    }

    @Test
    void takesAValueOfExactlyTheLimit() {
        JsonCompactor small = new JsonCompactor(10);

        assertThat(Feeding.inEachWay(small, utf8("[ \"é\" , 1.5 ] "))).hasToString("[\"é\",1.5]");
        assertThat(Feeding.inEachWay(small, utf8("[ \"é\" , 1.25 ]")))
                .isEqualTo(new JsonFault(
                        JsonFault.Kind.TOO_LARGE, "more than 10 bytes without whitespace between tokens", 14));
        assertThat(Feeding.inEachWay(new JsonCompactor(1), utf8(" 7 "))).hasToString("7");
        assertThat(Feeding.inEachWay(new JsonCompactor(1), utf8("[]"))).isInstanceOf(JsonFault.class);
    }

    @Test
    void namesTheFirstByteThatCannotStandWhetherTooManyOrWrong() {
        JsonCompactor small = new JsonCompactor(4);

        assertThat(Feeding.inEachWay(small, utf8("\"abcd\u0001"))).satisfies(tooLargeAt(4));
        assertThat(Feeding.inEachWay(small, utf8("\"abc\u0001")))
                .isEqualTo(JsonFault.invalid("byte 0x01 must be escaped in a string", 4));
        assertThat(Feeding.inEachWay(small, utf8("  12345x"))).satisfies(tooLargeAt(6));
    }

    @Test
    void growsUpToALargeLimitAndNoFurther() {
        int limit = 1_000_003;
        byte[] text = new byte[limit];
        Arrays.fill(text, (byte) 'a');
        text[0] = '"';
        text[limit - 1] = '"';
        JsonCompactor large = new JsonCompactor(limit);

        assertThat(Feeding.inEachWay(large, text)).isEqualTo(JsonBytes.trusted(text));
        byte[] longer = Arrays.copyOf(text, limit + 1);
        longer[limit - 1] = 'a';
        longer[limit] = '"';
        assertThat(Feeding.inEachWay(large, longer)).satisfies(tooLargeAt(limit));
    }

    @Test
    void takes512LevelsAndRefusesThe513th() {
        assertThat(Feeding.inEachWay(compactor, utf8("[".repeat(400) + "]".repeat(400))))
                .isInstanceOf(JsonBytes.class);
        JsonCompactor roomy = new JsonCompactor(10_000);
        String objects = "{\"a\":[".repeat(256);
        assertThat(Feeding.inEachWay(roomy, utf8(objects + "]}".repeat(256)))).isInstanceOf(JsonBytes.class);
        assertThat(Feeding.inEachWay(roomy, utf8("[".repeat(512) + "]".repeat(512))))
                .isInstanceOf(JsonBytes.class);
        JsonFault tooDeep = JsonFault.invalid("arrays and objects are nested deeper than 512", 512);
        assertThat(Feeding.inEachWay(roomy, utf8("[".repeat(513) + "]".repeat(513))))
                .isEqualTo(tooDeep);
        assertThat(Feeding.inEachWay(roomy, utf8("[".repeat(512) + "{}" + "]".repeat(512))))
                .isEqualTo(tooDeep);
    }

    @Test
    void countsDepthAndNotHowManyThereAre() {
        JsonCompactor shallow = new JsonCompactor(1000, 2);

        assertThat(Feeding.inEachWay(shallow, utf8("[[],{},[],[1],{\"a\":2}]"))).isInstanceOf(JsonBytes.class);
        assertThat(Feeding.inEachWay(shallow, utf8("[[],{},[[]]]")))
                .isEqualTo(JsonFault.invalid("arrays and objects are nested deeper than 2", 8));
        assertThat(Feeding.inEachWay(new JsonCompactor(1000, 0), utf8("7"))).hasToString("7");
        assertThat(Feeding.inEachWay(new JsonCompactor(1000, 0), utf8("[]"))).isInstanceOf(JsonFault.class);
    }

    @Test
    void tellsArraysFromObjectsAtEachLevel() {
        JsonCompactor deep = new JsonCompactor(10_000, 1000);
        String mixed = "[{\"a\":[[{\"b\":".repeat(130) + "0" + "}]]}]".repeat(130);

        assertThat(Feeding.inEachWay(deep, utf8(mixed))).hasToString(mixed);
        assertThat(Feeding.inEachWay(deep, utf8(mixed.replace("0}", "0]")))).isInstanceOf(JsonFault.class);
    }

    @Test
    void usesNoMemoryForAHundredMegabytesOfWhitespace() {
        byte[] space = new byte[1 << 16];
        Arrays.fill(space, (byte) ' ');
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        for (String token : new String[] {"", "[", "1", ",", "{", "\"a\"", ":", "2", "}", "]"}) {
            feed(token);
            for (int i = 0; i < 160; i++) {
                compactor.feed(space, 0, space.length);
            }
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000);
        assertThat(compactor.finish()).hasToString("[1,{\"a\":2}]");
    }

    @Test
    void countsTheOffsetPastWhatAnIntHolds() {
        byte[] space = new byte[1 << 20];
        Arrays.fill(space, (byte) '\n');
        for (int i = 0; i < 2100; i++) {
            compactor.feed(space, 0, space.length);
        }
        feed("x");

        assertThat(compactor.finish()).isEqualTo(JsonFault.invalid("expected a value, but found 'x'", 2100L << 20));
    }

    @Test
    void keepsWhatItGaveApartOnceCopied() {
        feed("[1]");
        JsonBytes copy = ((JsonBytes) compactor.finish()).copy();
        compactor.reset();
        feed("[2]");

        assertThat(copy).hasToString("[1]");
    }

    @Test
    void compactsAWholeTextAtOnce() {
        assertThat(JsonCompactor.compact(utf8(" [ 1 ] "), 3)).hasToString("[1]");
        assertThat(JsonCompactor.compact(utf8("[1"), 3)).isInstanceOf(JsonFault.class);
    }

    @Test
    void refusesARangeOutsideTheArray() {
        assertThatThrownBy(() -> compactor.feed(new byte[3], 1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static Consumer<JsonResult> tooLargeAt(long offset) {
        return result -> assertThat(result).isInstanceOfSatisfying(JsonFault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(JsonFault.Kind.TOO_LARGE);
            assertThat(fault.offset()).isEqualTo(offset);
        });
    }

    private JsonResult compact(String text) {
        return Feeding.inEachWay(compactor, utf8(text));
    }

    private boolean feed(String text) {
        byte[] bytes = utf8(text);
        return compactor.feed(bytes, 0, bytes.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
