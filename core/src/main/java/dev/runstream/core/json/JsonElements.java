package dev.runstream.core.json;

/**
 * Walks over the elements of an array at its top level, in their order.
 *
 * <p>Stands before the first element at the start: {@code while (elements.next()) …}. For one thread at a time.
 */
public final class JsonElements {
    private final byte[] array;
    private final int end;
    private int start;
    private int valueEnd;

    private JsonElements(JsonBytes json) {
        array = json.array();
        end = json.to() - 1;
        valueEnd = json.from();
    }

    /** @throws IllegalArgumentException if the value is no array; see {@link JsonBytes#isArray} */
    public static JsonElements of(JsonBytes json) {
        if (!json.isArray()) {
            throw new IllegalArgumentException("not an array");
        }
        return new JsonElements(json);
    }

    /** Goes to the next element; false if there is none. */
    public boolean next() {
        start = valueEnd + 1;
        if (start >= end) {
            return false;
        }
        valueEnd = JsonMembers.endOfValue(array, start);
        return true;
    }

    /** The value, in the array's own bytes. */
    public JsonBytes value() {
        return JsonBytes.trusted(array, start, valueEnd);
    }
}
