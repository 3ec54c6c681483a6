package dev.runstream.core.json;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What lies between the quotes of a JSON string. Ranges are without the quotes; but for {@link #endOfPlain} they are valid. */
final class JsonStrings {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = ONES << 7;
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonStrings() {}

    /**
     * The first byte from {@code i} that needs a closer look: a quote, a backslash, a control character, or one that
     * may belong to a character outside ASCII.
     */
    static int endOfPlain(byte[] src, int i, int to) {
        while (true) {
            int endOfAscii = endOfAscii(src, i, to);
            i = endOfCommonCharacters(src, endOfAscii, to);
            if (i == endOfAscii) {
                return i;
            }
        }
    }

    /** Past well-formed characters of two bytes, and of three but for the rare ones whose second byte is limited. */
    private static int endOfCommonCharacters(byte[] src, int i, int to) {
        while (to - i >= 3 && src[i] < 0) {
            int first = src[i] & 0xFF;
            if (first >= 0xC2 && first <= 0xDF && continues(src[i + 1])) {
                i += 2;
            } else if (first > 0xE0
                    && first < 0xF0
                    && first != 0xED
                    && continues(src[i + 1])
                    && continues(src[i + 2])) {
                i += 3;
            } else {
                return i;
            }
        }
        return i;
    }

    private static boolean continues(byte b) {
        return b < (byte) 0xC0;
    }

    private static int endOfAscii(byte[] src, int i, int to) {
        while (to - i >= Long.BYTES) {
            long word = (long) LONGS.get(src, i);
            // A borrow can only mark bytes above the first one found, so the lowest mark is exact.
            long special =
                    ((word - SPACES) | zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | word) & HIGH_BITS;
            if (special != 0) {
                return i + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            i += Long.BYTES;
        }
        while (i < to && src[i] >= ' ' && src[i] != '"' && src[i] != '\\') {
            i++;
        }
        return i;
    }

    /** Where the string that begins at {@code i} is closed. */
    static int closingQuote(byte[] src, int i) {
        while (true) {
            i = endOfValidPlain(src, i);
            if (src[i] == '"') {
                return i;
            }
            i += 2;
        }
    }

    private static int endOfValidPlain(byte[] src, int i) {
        while (src.length - i >= Long.BYTES) {
            long word = (long) LONGS.get(src, i);
            long special = (zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES)) & HIGH_BITS;
            if (special != 0) {
                return i + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            i += Long.BYTES;
        }
        while (src[i] != '"' && src[i] != '\\') {
            i++;
        }
        return i;
    }

    /** Marks the bytes that are zero by their high bits; exact up to the first. */
    private static long zeroBytes(long word) {
        return (word - ONES) & ~word;
    }

    static boolean equal(byte[] src, int from, int to, String text) {
        for (int i = from; i < to; i++) {
            if (src[i] < 0 || src[i] == '\\') {
                return unescape(src, from, to).equals(text);
            }
            if (i - from == text.length() || src[i] != text.charAt(i - from)) {
                return false;
            }
        }
        return to - from == text.length();
    }

    static String unescape(byte[] src, int from, int to) {
        int backslash = indexOfBackslash(src, from, to);
        if (backslash == to) {
            return utf8(src, from, to);
        }
        StringBuilder text = new StringBuilder(to - from);
        int i = from;
        while (backslash < to) {
            text.append(utf8(src, i, backslash));
            char letter = (char) src[backslash + 1];
            text.append(letter == 'u' ? codeUnit(src, backslash + 2) : escaped(letter));
            i = backslash + (letter == 'u' ? 6 : 2);
            backslash = indexOfBackslash(src, i, to);
        }
        return text.append(utf8(src, i, to)).toString();
    }

    private static int indexOfBackslash(byte[] src, int i, int to) {
        while (i < to && src[i] != '\\') {
            i++;
        }
        return i;
    }

    private static String utf8(byte[] src, int from, int to) {
        return new String(src, from, to - from, StandardCharsets.UTF_8);
    }

    private static char escaped(char letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter;
        };
    }

    private static char codeUnit(byte[] src, int from) {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            unit = unit << 4 | Character.digit(src[i], 16);
        }
        return (char) unit;
    }

    static byte[] quote(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        out.write('"');
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            quote(codePoint, out);
            i += Character.charCount(codePoint);
        }
        out.write('"');
        return out.toByteArray();
    }

    private static void quote(int codePoint, ByteArrayOutputStream out) {
        switch (codePoint) {
            case '"', '\\' -> {
                out.write('\\');
                out.write(codePoint);
            }
            case '\n' -> out.writeBytes(ascii("\\n"));
            case '\r' -> out.writeBytes(ascii("\\r"));
            case '\t' -> out.writeBytes(ascii("\\t"));
            default -> {
                if (codePoint < ' ' || Character.getType(codePoint) == Character.SURROGATE) {
                    out.writeBytes(ascii(
                            "\\u" + hex(codePoint >> 12) + hex(codePoint >> 8) + hex(codePoint >> 4) + hex(codePoint)));
                } else if (codePoint < 0x80) {
                    out.write(codePoint);
                } else {
                    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static char hex(int nibble) {
        return HEX[nibble & 0xF];
    }
}
