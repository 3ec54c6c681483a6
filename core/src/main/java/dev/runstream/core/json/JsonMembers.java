package dev.runstream.core.json;

/**
 * Walks over the members of an object at its top level, in their order, duplicates included.
 *
 * <p>Stands before the first member at the start: {@code while (members.next()) …}. For one thread at a time.
 */
public final class JsonMembers {
    private final byte[] array;
    private final int end;
    private int start;
    private int nameEnd;
    private int valueEnd;

    JsonMembers(JsonBytes object) {
        this.array = object.array();
        this.end = object.to() - 1;
        this.valueEnd = object.from();
    }

    /** Goes to the next member; false if there is none. */
    public boolean next() {
        start = valueEnd + 1;
        if (start >= end) {
            return false;
        }
        nameEnd = JsonStrings.closingQuote(array, start + 1);
        valueEnd = endOfValue(array, nameEnd + 2);
        return true;
    }

    /** The name, unescaped. */
    public String name() {
        return JsonStrings.unescape(array, start + 1, nameEnd);
    }

    /** Whether the name, unescaped, is this one. */
    public boolean nameEquals(String name) {
        return JsonStrings.equal(array, start + 1, nameEnd, name);
    }

    /** The value, in the object's own array. */
    public JsonBytes value() {
        return JsonBytes.trusted(array, nameEnd + 2, valueEnd);
    }

    /** Where the member begins in the object's array. */
    int start() {
        return start;
    }

    /** Where the member has ended in the object's array. */
    int end() {
        return valueEnd;
    }

    /** Where the value has ended that begins here, inside an object or an array. */
    static int endOfValue(byte[] array, int i) {
        return switch (array[i]) {
            case '"' -> JsonStrings.closingQuote(array, i + 1) + 1;
            case '{', '[' -> endOfContainer(array, i + 1);
            default -> endOfScalar(array, i);
        };
    }

    private static int endOfScalar(byte[] array, int i) {
        while (array[i] != ',' && array[i] != '}' && array[i] != ']') {
            i++;
        }
        return i;
    }

    private static int endOfContainer(byte[] array, int i) {
        int depth = 1;
        while (depth > 0) {
            switch (array[i]) {
                case '"' -> i = JsonStrings.closingQuote(array, i + 1);
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            i++;
        }
        return i;
    }
}
