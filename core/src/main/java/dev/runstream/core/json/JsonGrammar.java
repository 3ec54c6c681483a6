package dev.runstream.core.json;

import java.util.Arrays;

/**
 * The grammar of RFC 8259 and the byte forms of RFC 3629 as one table: state × byte → the next state, or what to do.
 *
 * <p>A state is all there is to know between two bytes, but for the containers that are open.
 */
final class JsonGrammar {
    // between tokens
    static final int VALUE = 0;
    static final int VALUE_OR_END = 1;
    static final int NAME = 2;
    static final int NAME_OR_END = 3;
    static final int COLON = 4;
    static final int AFTER_ELEMENT = 5;
    static final int AFTER_MEMBER = 6;
    static final int DONE = 7;
    // in a string
    static final int STRING = 8;
    static final int ESCAPE = 9;
    static final int HEX_4 = 10;
    static final int HEX_3 = 11;
    static final int HEX_2 = 12;
    static final int HEX_1 = 13;
    // in a character outside ASCII: how many bytes are to come, or which byte began it where that limits the next
    static final int MORE_1 = 14;
    static final int MORE_2 = 15;
    static final int MORE_3 = 16;
    static final int AFTER_E0 = 17;
    static final int AFTER_ED = 18;
    static final int AFTER_F0 = 19;
    static final int AFTER_F4 = 20;
    // in a number
    static final int MINUS = 21;
    static final int ZERO = 22;
    static final int INTEGER = 23;
    static final int POINT = 24;
    static final int FRACTION = 25;
    static final int EXPONENT = 26;
    static final int EXPONENT_SIGN = 27;
    static final int EXPONENT_DIGITS = 28;
    // in a literal: the letters read so far
    static final int T = 29;
    static final int TR = 30;
    static final int TRU = 31;
    static final int F = 32;
    static final int FA = 33;
    static final int FAL = 34;
    static final int FALS = 35;
    static final int N = 36;
    static final int NU = 37;
    static final int NUL = 38;
    private static final int STATES = 39;

    /** The byte cannot stand here. */
    static final int REFUSE = -1;
    /** Whitespace between tokens. */
    static final int SKIP = -2;

    static final int BEGIN_OBJECT = -3;
    static final int BEGIN_ARRAY = -4;
    static final int END_CONTAINER = -5;
    static final int BEGIN_NAME = -6;
    static final int END_STRING = -7;
    /** The byte is the last of a literal. */
    static final int END_LITERAL = -8;
    /** The number ended before this byte, which is yet to be read. */
    static final int END_NUMBER = -9;

    private static final String DIGITS = "0123456789";
    private static final byte[] NEXT = new byte[STATES << 8];

    static {
        Arrays.fill(NEXT, (byte) REFUSE);
        structure();
        strings();
        characters();
        numbers();
        word("true", T, TR, TRU);
        word("false", F, FA, FAL, FALS);
        word("null", N, NU, NUL);
    }

    private JsonGrammar() {}

    static int next(int state, byte b) {
        return NEXT[state << 8 | (b & 0xFF)];
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    static boolean endsNumber(int state) {
        return next(state, (byte) ' ') == END_NUMBER;
    }

    private static void structure() {
        for (int state = VALUE; state <= DONE; state++) {
            on(state, " \t\n\r", SKIP);
        }
        for (int state : new int[] {VALUE, VALUE_OR_END}) {
            on(state, "{", BEGIN_OBJECT);
            on(state, "[", BEGIN_ARRAY);
            on(state, "\"", STRING);
            on(state, "-", MINUS);
            on(state, "0", ZERO);
            on(state, "123456789", INTEGER);
            on(state, "t", T);
            on(state, "f", F);
            on(state, "n", N);
        }
        on(VALUE_OR_END, "]", END_CONTAINER);
        on(NAME, "\"", BEGIN_NAME);
        on(NAME_OR_END, "\"", BEGIN_NAME);
        on(NAME_OR_END, "}", END_CONTAINER);
        on(COLON, ":", VALUE);
        on(AFTER_ELEMENT, ",", VALUE);
        on(AFTER_ELEMENT, "]", END_CONTAINER);
        on(AFTER_MEMBER, ",", NAME);
        on(AFTER_MEMBER, "}", END_CONTAINER);
    }

    private static void strings() {
        on(STRING, ' ', 0x7F, STRING);
        on(STRING, "\"", END_STRING);
        on(STRING, "\\", ESCAPE);
        on(ESCAPE, "\"\\/bfnrt", STRING);
        on(ESCAPE, "u", HEX_4);
        String hex = DIGITS + "abcdefABCDEF";
        on(HEX_4, hex, HEX_3);
        on(HEX_3, hex, HEX_2);
        on(HEX_2, hex, HEX_1);
        on(HEX_1, hex, STRING);
    }

    /** RFC 3629 section 4. */
    private static void characters() {
        on(STRING, 0xC2, 0xDF, MORE_1);
        on(STRING, 0xE0, 0xE0, AFTER_E0);
        on(STRING, 0xE1, 0xEF, MORE_2);
        on(STRING, 0xED, 0xED, AFTER_ED);
        on(STRING, 0xF0, 0xF0, AFTER_F0);
        on(STRING, 0xF1, 0xF3, MORE_3);
        on(STRING, 0xF4, 0xF4, AFTER_F4);
        on(MORE_1, 0x80, 0xBF, STRING);
        on(MORE_2, 0x80, 0xBF, MORE_1);
        on(MORE_3, 0x80, 0xBF, MORE_2);
        on(AFTER_E0, 0xA0, 0xBF, MORE_1);
        on(AFTER_ED, 0x80, 0x9F, MORE_1);
        on(AFTER_F0, 0x90, 0xBF, MORE_2);
        on(AFTER_F4, 0x80, 0x8F, MORE_2);
    }

    private static void numbers() {
        on(MINUS, "0", ZERO);
        on(MINUS, "123456789", INTEGER);
        on(INTEGER, DIGITS, INTEGER);
        on(POINT, DIGITS, FRACTION);
        on(FRACTION, DIGITS, FRACTION);
        on(EXPONENT, "+-", EXPONENT_SIGN);
        for (int state : new int[] {EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS}) {
            on(state, DIGITS, EXPONENT_DIGITS);
        }
        for (int state : new int[] {ZERO, INTEGER}) {
            on(state, ".", POINT);
        }
        for (int state : new int[] {ZERO, INTEGER, FRACTION}) {
            on(state, "eE", EXPONENT);
        }
        for (int state : new int[] {ZERO, INTEGER, FRACTION, EXPONENT_DIGITS}) {
            on(state, " \t\n\r,]}", END_NUMBER);
        }
    }

    private static void word(String word, int... states) {
        for (int i = 1; i < word.length(); i++) {
            on(states[i - 1], word.substring(i, i + 1), i < states.length ? states[i] : END_LITERAL);
        }
    }

    private static void on(int state, String bytes, int next) {
        bytes.chars().forEach(b -> on(state, b, b, next));
    }

    private static void on(int state, int first, int last, int next) {
        Arrays.fill(NEXT, state << 8 | first, (state << 8 | last) + 1, (byte) next);
    }
}
