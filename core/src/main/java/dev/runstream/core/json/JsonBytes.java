package dev.runstream.core.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * One JSON value in UTF-8 without whitespace between tokens, as a range of a byte array. It holds no CR, LF or NUL.
 *
 * <p>Nothing is copied: the value is good as long as nobody writes to its array. Under that rule it is immutable and
 * safe for any thread. Two are equal when their bytes are.
 */
public final class JsonBytes implements JsonResult {
    private final byte[] array;
    private final int from;
    private final int to;

    private JsonBytes(byte[] array, int from, int to) {
        this.array = array;
        this.from = from;
        this.to = to;
    }

    /** Takes bytes that a {@link JsonCompactor} made, without checking them again. */
    public static JsonBytes trusted(byte[] compact) {
        return trusted(compact, 0, compact.length);
    }

    /** As {@link #trusted(byte[])}, for a range of the array. */
    public static JsonBytes trusted(byte[] compact, int from, int to) {
        Objects.checkFromToIndex(from, to, compact.length);
        return new JsonBytes(compact, from, to);
    }

    /** The text as a JSON string. A lone surrogate becomes an escape, since UTF-8 has no form for it. */
    public static JsonBytes ofString(String text) {
        return trusted(JsonStrings.quote(text));
    }

    public static JsonBytes ofLong(long number) {
        return trusted(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    public static JsonBytes ofBoolean(boolean value) {
        return trusted(Boolean.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    /** The array that holds the value; not to be written to. */
    public byte[] array() {
        return array;
    }

    /** Where the value begins in {@link #array}. */
    public int from() {
        return from;
    }

    /** Where the value has ended in {@link #array}. */
    public int to() {
        return to;
    }

    public int length() {
        return to - from;
    }

    public boolean isObject() {
        return array[from] == '{';
    }

    public boolean isArray() {
        return array[from] == '[';
    }

    public boolean isString() {
        return array[from] == '"';
    }

    /**
     * The text of a string, unescaped. Lone surrogate escapes, which the grammar allows, come out as they are.
     *
     * @throws IllegalStateException if the value is no string
     */
    public String stringValue() {
        if (!isString()) {
            throw new IllegalStateException("not a string");
        }
        return JsonStrings.unescape(array, from + 1, to - 1);
    }

    /** Whether the value is a string that, unescaped, has this text. */
    public boolean isString(String text) {
        return isString() && JsonStrings.equal(array, from + 1, to - 1, text);
    }

    /** The bytes, in an array of their own. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, from, to);
    }

    /** The same value in an array of its own, for keeping it when the array will be written to. */
    public JsonBytes copy() {
        return trusted(toByteArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonBytes that && Arrays.equals(array, from, to, that.array, that.from, that.to);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return new String(array, from, to - from, StandardCharsets.UTF_8);
    }
}
