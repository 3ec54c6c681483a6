package dev.runstream.core.json;

import static dev.runstream.core.json.JsonGrammar.*;

/** Says in plain words why a byte, or the end, cannot stand where it does. */
final class JsonComplaints {
    private static final int FIRST_BYTE_OF_MARK = 0xEF;

    private JsonComplaints() {}

    static String tooDeep(int maxDepth) {
        return "arrays and objects are nested deeper than " + maxDepth;
    }

    static String early(int state, boolean blank) {
        return blank ? "there is no JSON value" : "the text ends where there should be " + expected(state);
    }

    static String unexpected(int state, byte b, long offset) {
        int value = b & 0xFF;
        if (state == STRING) {
            return value < ' '
                    ? found(b) + " must be escaped in a string"
                    : "not UTF-8: " + found(b) + " cannot begin a character";
        }
        if (state >= MORE_1 && state <= AFTER_F4) {
            return "not UTF-8: " + found(b) + " cannot continue the character before it";
        }
        if (state == VALUE && offset == 0 && value == FIRST_BYTE_OF_MARK) {
            return "JSON must not begin with a byte order mark";
        }
        if (state == ZERO && value >= '0' && value <= '9') {
            return "a number must not have a leading zero";
        }
        return "expected " + expected(state) + ", but found " + found(b);
    }

    private static String found(byte b) {
        int value = b & 0xFF;
        return value > ' ' && value < 0x7F ? "'" + (char) value + "'" : String.format("byte 0x%02X", value);
    }

    private static String expected(int state) {
        return switch (state) {
            case VALUE -> "a value";
            case VALUE_OR_END -> "a value or ']'";
            case NAME -> "a name in double quotes";
            case NAME_OR_END -> "a name in double quotes or '}'";
            case COLON -> "':'";
            case AFTER_ELEMENT -> "',' or ']'";
            case AFTER_MEMBER -> "',' or '}'";
            case DONE -> "nothing more after the value";
            case STRING -> "the rest of a string and its closing quote";
            case ESCAPE -> "one of \" \\ / b f n r t u after a backslash";
            case HEX_4, HEX_3, HEX_2, HEX_1 -> "four hexadecimal digits after \\u";
            case MORE_1, MORE_2, MORE_3, AFTER_E0, AFTER_ED, AFTER_F0, AFTER_F4 -> "the rest of a UTF-8 character";
            case MINUS, POINT, EXPONENT_SIGN -> "a digit";
            case EXPONENT -> "a digit or a sign";
            case ZERO, INTEGER, FRACTION, EXPONENT_DIGITS -> "the rest of a number, or what may follow one";
            case T, TR, TRU -> "true";
            case F, FA, FAL, FALS -> "false";
            default -> "null";
        };
    }
}
