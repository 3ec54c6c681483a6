package dev.runstream.core.json;

/**
 * Why a text was refused.
 *
 * @param message what is wrong, in plain words that a caller may be shown; it never repeats more than one byte of the
 *     text
 * @param offset of the first byte that cannot stand, counted from 0 over all bytes fed; their number, where the text
 *     ended too early
 */
public record JsonFault(Kind kind, String message, long offset) implements JsonResult {
    /** What kind of answer the fault calls for. */
    public enum Kind {
        /** Not one JSON value in UTF-8 within the depth allowed. */
        INVALID,
        /** Good as far as it was read, but longer than allowed. */
        TOO_LARGE
    }

    static JsonFault invalid(String message, long offset) {
        return new JsonFault(Kind.INVALID, message, offset);
    }
}
