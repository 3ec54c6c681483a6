package dev.runstream.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes texts that are JSON, or nearly so, by changing good ones a little; the same for the same seed. */
final class JsonMutations {
    private static final List<byte[]> GOOD = List.of(
            utf8("{\"type\":\"delta\",\"data\":{\"text\":\"hello\"}}"),
            utf8("{ \"a\" : [ 1 , -2.5e+7 , 0 , 0.125E-3 ] ,\r\n\t\"b\" : { } , \"c\":[] }"),
            utf8("[true, false, null, \"\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u00e9\\uD83D\\uDE39\\ud800\"]"),
            utf8("{\"имя\":\"Иван\",\"名前\":\"太郎\",\"e\":\"😹 é\u2028\u007f\"}"),
            utf8("[[[[{\"k\":[{\"l\":{\"m\":[[]]}}]}]]]]"),
            utf8("-0.0e-0"),
            utf8(" 1234567890123456789012345678901234567890 "),
            utf8("\"a string of more than eight bytes, and é in it, then more\""),
            utf8("null"),
            utf8("{\"dup\":1,\"dup\":2,\"d\\u0075p\":3}"),
            utf8("[1,2,3,4,5,6,7,8,9,10]"),
            utf8("\uFEFF"),
            utf8("[\"\uFEFF\uD7FF\uE000\uFFFF\"]"));
    private static final byte[] TELLING =
            "{}[]:,\"\\/'-+.0123456789eEtrufalsnbu \t\n\r\f\0\u0001\u001F\u007FxANI#*".getBytes(UTF_8);

    private final Random random;

    JsonMutations(long seed) {
        this.random = new Random(seed);
    }

    byte[] next() {
        byte[] text = any(GOOD).clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            text = change(text);
        }
        return text;
    }

    private byte[] change(byte[] text) {
        int at = random.nextInt(text.length + 1);
        int end = Math.min(text.length, at + random.nextInt(6));
        return switch (random.nextInt(7)) {
            case 0 -> replace(text, at, at, new byte[] {telling()});
            case 1 -> replace(text, at, Math.min(text.length, at + 1), new byte[] {telling()});
            case 2 -> replace(text, at, Math.min(text.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 3 -> replace(text, at, end, new byte[0]);
            case 4 -> replace(text, at, at, Arrays.copyOfRange(text, at, end));
            case 5 -> replace(text, at, at, piece(any(GOOD)));
            default -> replace(text, at, end, piece(text));
        };
    }

    private byte telling() {
        return TELLING[random.nextInt(TELLING.length)];
    }

    private byte[] piece(byte[] text) {
        int from = random.nextInt(text.length + 1);
        return Arrays.copyOfRange(text, from, Math.min(text.length, from + random.nextInt(12)));
    }

    private byte[] any(List<byte[]> texts) {
        return texts.get(random.nextInt(texts.size()));
    }

    private static byte[] replace(byte[] text, int from, int to, byte[] by) {
        byte[] changed = new byte[text.length - (to - from) + by.length];
        System.arraycopy(text, 0, changed, 0, from);
        System.arraycopy(by, 0, changed, from, by.length);
        System.arraycopy(text, to, changed, from + by.length, text.length - to);
        return changed;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
