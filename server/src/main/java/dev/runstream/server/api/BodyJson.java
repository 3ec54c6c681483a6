package dev.runstream.server.api;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonFault;
import dev.runstream.core.json.JsonResult;
import io.netty.buffer.ByteBuf;

/** Takes JSON from the pieces of a body into a {@link JsonCompactor}. For one thread at a time. */
final class BodyJson {
    /** What is nested stands in an object of the request's own. */
    private static final int DEEPEST = JsonCompactor.DEFAULT_MAX_DEPTH + 1;

    private final JsonCompactor compactor;
    private byte[] copy = {};

    BodyJson(int maxBytes) {
        compactor = new JsonCompactor(maxBytes, DEEPEST);
    }

    JsonCompactor compactor() {
        return compactor;
    }

    /** Takes in bytes of a buffer without moving its indexes; false once they cannot be JSON of the size allowed. */
    boolean feed(ByteBuf piece, int from, int length) {
        if (piece.hasArray()) {
            int offset = piece.arrayOffset() + from;
            return compactor.feed(piece.array(), offset, offset + length);
        }
        for (int done = 0; done < length; ) {
            int next = Math.min(length - done, 8192);
            if (copy.length < next) {
                copy = new byte[next];
            }
            piece.getBytes(from + done, copy, 0, next);
            if (!compactor.feed(copy, 0, next)) {
                return false;
            }
            done += next;
        }
        return true;
    }

    /** What it takes of the heap. */
    int capacityBytes() {
        return compactor.capacityBytes();
    }

    /** The whole value, good until the compactor is reset, or why there is none. */
    Whole finish() {
        JsonResult result = compactor.finish();
        return switch (result) {
            case JsonBytes json -> new Whole.Value(json);
            case JsonFault fault when fault.kind() == JsonFault.Kind.TOO_LARGE -> new Whole.TooLarge();
            case JsonFault fault ->
                new Whole.Malformed("not JSON: " + fault.message() + " (at byte " + fault.offset() + ")");
        };
    }

    /** What a body came to. */
    sealed interface Whole {
        record Value(JsonBytes json) implements Whole {}

        record TooLarge() implements Whole {}

        record Malformed(String message) implements Whole {}
    }
}
