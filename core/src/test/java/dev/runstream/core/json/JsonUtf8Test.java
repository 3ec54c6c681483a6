package dev.runstream.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonUtf8Test {
    private static final int[] AROUND_EACH_LIMIT = {'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE1, 0xFF};
    private static final int PAD = 9;

    private final JsonCompactor compactor = new JsonCompactor(100);

    @Test
    void agreesWithTheJdkOnEachFirstByteAndOnWhatMayFollow() {
        int accepted = 0;
        for (int first = 0x80; first <= 0xFF; first++) {
            for (int second : AROUND_EACH_LIMIT) {
                for (int third : AROUND_EACH_LIMIT) {
                    for (int fourth : AROUND_EACH_LIMIT) {
                        accepted += isAgreedToBeUtf8(first, second, third, fourth) ? 1 : 0;
                    }
                }
            }
        }
        assertThat(accepted).isGreaterThan(1000);
    }

    @Test
    void takesEachCodePointButTheSurrogates() {
        byte[] text = "\"12345678????\"".getBytes(StandardCharsets.US_ASCII);
        for (int codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            int length = writeUtf8(codePoint, text);
            text[PAD + length] = '"';
            compactor.reset();
            assertThatFeedIs(!surrogate, text, PAD + length + 1, codePoint);
        }
    }

    private boolean isAgreedToBeUtf8(int... bytes) {
        byte[] text = "\"12345678????12345678\"".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            text[PAD + i] = (byte) bytes[i];
        }
        boolean utf8 = isUtf8(text);
        JsonResult whole = Feeding.whole(compactor, text);
        if (whole instanceof JsonBytes != utf8
                || !Feeding.byteByByte(compactor, text).equals(whole)) {
            throw new AssertionError(
                    String.format("%02X %02X %02X %02X: %s", bytes[0], bytes[1], bytes[2], bytes[3], whole));
        }
        return utf8;
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private void assertThatFeedIs(boolean good, byte[] text, int length, int codePoint) {
        boolean accepted = compactor.feed(text, 0, length) && compactor.finish() instanceof JsonBytes;
        if (accepted != good) {
            throw new AssertionError("U+" + Integer.toHexString(codePoint));
        }
    }

    /** The bit pattern, also for surrogates, which no encoder would write. */
    private static int writeUtf8(int codePoint, byte[] text) {
        int length = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
        for (int i = length - 1; i > 0; i--) {
            text[PAD + i] = (byte) (0x80 | (codePoint & 0x3F));
            codePoint >>>= 6;
        }
        text[PAD] = (byte) ((0xF00 >> length) | codePoint);
        return length;
    }
}
