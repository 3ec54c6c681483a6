package dev.runstream.core.json;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks one JSON text strictly as its bytes come and copies it without the whitespace between tokens; numbers,
 * escapes, key order and duplicate keys stay as they are.
 *
 * <p>Accepted is what RFC 8259 allows and no more: one value of any type, in UTF-8 (RFC 3629) without a byte order
 * mark, at most {@code maxDepth} arrays and objects inside one another. The escape of a lone surrogate ({@code
 * "\ud800"}) is within the grammar and passes. How the text is cut into chunks never matters: the first byte that
 * cannot stand decides, whatever follows it.
 *
 * <p>Memory is bounded by {@code maxBytes} of the compact form; whitespace takes none.
 *
 * <p>For one thread at a time; never blocks.
 */
public final class JsonCompactor {
    /** How deep arrays and objects may nest unless told otherwise. */
    public static final int DEFAULT_MAX_DEPTH = 512;

    private static final int SMALL_BYTES = 512;
    private static final int KEPT_BYTES = 64 * 1024;

    private final int maxBytes;
    private final OpenContainers open;
    private byte[] compact;
    private int length;
    private long fedBefore;
    private int state;
    private boolean inName;
    private @Nullable JsonResult result;

    /** Takes values of up to {@code maxBytes} in their compact form, nested up to {@link #DEFAULT_MAX_DEPTH}. */
    public JsonCompactor(int maxBytes) {
        this(maxBytes, DEFAULT_MAX_DEPTH);
    }

    public JsonCompactor(int maxBytes, int maxDepth) {
        if (maxBytes < 1 || maxDepth < 0) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + ", maxDepth " + maxDepth);
        }
        this.maxBytes = maxBytes;
        this.open = new OpenContainers(maxDepth);
        this.compact = new byte[Math.min(SMALL_BYTES, maxBytes)];
        this.state = JsonGrammar.VALUE;
    }

    /** Checks and copies a text that is there as a whole. The result has an array of its own. */
    public static JsonResult compact(byte[] json, int maxBytes) {
        JsonCompactor compactor = new JsonCompactor(maxBytes);
        compactor.feed(json, 0, json.length);
        return compactor.finish();
    }

    /**
     * Takes the next bytes of the text.
     *
     * @return false if the text is refused, now or before: further bytes are ignored, and {@link #finish} says why
     * @throws IllegalStateException after {@link #finish}, until {@link #reset}
     */
    public boolean feed(byte[] src, int from, int to) {
        Objects.checkFromToIndex(from, to, src.length);
        if (result != null) {
            return refusedBefore(result);
        }
        int state = this.state;
        int copied = from;
        int i = from;
        while (i < to) {
            if (state == JsonGrammar.STRING) {
                i = JsonStrings.endOfPlain(src, i, to);
                if (i == to) {
                    break;
                }
            }
            int next = JsonGrammar.next(state, src[i]);
            if (next >= 0) {
                state = next;
                i++;
            } else if (next == JsonGrammar.SKIP) {
                if (!copy(src, copied, i, from)) {
                    return false;
                }
                i = endOfSpace(src, i + 1, to);
                copied = i;
            } else if (next == JsonGrammar.REFUSE || isTooDeep(next)) {
                return copy(src, copied, i, from) && refuse(state, src[i], fedBefore + (i - from));
            } else {
                state = step(next);
                i += next == JsonGrammar.END_NUMBER ? 0 : 1;
            }
        }
        this.state = state;
        boolean fits = copy(src, copied, to, from);
        fedBefore += to - from;
        return fits;
    }

    /**
     * Ends the text. The compact value lies in this compactor's own buffer, so it is good until {@link #reset}; take
     * {@link JsonBytes#copy} to keep it longer. Asked again, the answer is the same.
     */
    public JsonResult finish() {
        if (result == null) {
            int end = JsonGrammar.endsNumber(state) ? open.stateAfterValue() : state;
            result = end == JsonGrammar.DONE
                    ? JsonBytes.trusted(compact, 0, length)
                    : JsonFault.invalid(JsonComplaints.early(state, isBlank()), fedBefore);
        }
        return result;
    }

    /** What its buffer takes of the heap now. */
    public int capacityBytes() {
        return compact.length;
    }

    /** Whether no more than whitespace has come so far. */
    public boolean isBlank() {
        return length == 0 && result == null;
    }

    /** Begins anew. What {@link #finish} gave is no longer good. */
    public void reset() {
        if (compact.length > KEPT_BYTES) {
            compact = new byte[Math.min(SMALL_BYTES, maxBytes)];
        }
        length = 0;
        fedBefore = 0;
        state = JsonGrammar.VALUE;
        inName = false;
        result = null;
        open.clear();
    }

    private boolean isTooDeep(int action) {
        return (action == JsonGrammar.BEGIN_OBJECT || action == JsonGrammar.BEGIN_ARRAY) && open.isFull();
    }

    private int step(int action) {
        switch (action) {
            case JsonGrammar.BEGIN_OBJECT -> {
                open.push(true);
                return JsonGrammar.NAME_OR_END;
            }
            case JsonGrammar.BEGIN_ARRAY -> {
                open.push(false);
                return JsonGrammar.VALUE_OR_END;
            }
            case JsonGrammar.BEGIN_NAME -> {
                inName = true;
                return JsonGrammar.STRING;
            }
            case JsonGrammar.END_STRING -> {
                if (inName) {
                    inName = false;
                    return JsonGrammar.COLON;
                }
            }
            case JsonGrammar.END_CONTAINER -> open.pop();
            default -> {}
        }
        return open.stateAfterValue();
    }

    private static int endOfSpace(byte[] src, int i, int to) {
        while (i < to && JsonGrammar.isSpace(src[i])) {
            i++;
        }
        return i;
    }

    private boolean copy(byte[] src, int start, int end, int from) {
        int count = end - start;
        if (count > maxBytes - length) {
            result = new JsonFault(
                    JsonFault.Kind.TOO_LARGE,
                    "more than " + maxBytes + " bytes without whitespace between tokens",
                    fedBefore + (start - from) + (maxBytes - length));
            return false;
        }
        if (count > compact.length - length) {
            int grown = (int) Math.min(maxBytes, Math.max(2L * compact.length, (long) length + count));
            compact = Arrays.copyOf(compact, grown);
        }
        System.arraycopy(src, start, compact, length, count);
        length += count;
        return true;
    }

    private boolean refuse(int state, byte b, long offset) {
        String message = JsonGrammar.next(state, b) == JsonGrammar.REFUSE
                ? JsonComplaints.unexpected(state, b, offset)
                : JsonComplaints.tooDeep(open.maxDepth());
        result = JsonFault.invalid(message, offset);
        return false;
    }

    private static boolean refusedBefore(JsonResult result) {
        if (result instanceof JsonFault) {
            return false;
        }
        throw new IllegalStateException("finished; reset before feeding another text");
    }
}
