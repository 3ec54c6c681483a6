package dev.runstream.core.testing;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import java.nio.charset.StandardCharsets;

/** JSON for tests. */
public final class Json {
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private Json() {}

    /** Checked and compacted; single quotes may stand for double ones. */
    public static JsonBytes json(String text) {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        if (JsonCompactor.compact(bytes, MOST_BYTES) instanceof JsonBytes json) {
            return json;
        }
        throw new IllegalArgumentException("not JSON: " + text);
    }

    /** A string of exactly so many bytes, quotes included; different for different seeds. */
    public static JsonBytes ofSize(int bytes, long seed) {
        if (bytes < 2) {
            return json("7");
        }
        byte[] text = new byte[bytes];
        text[0] = '"';
        text[bytes - 1] = '"';
        for (int i = 1; i < bytes - 1; i++) {
            text[i] = (byte) ('a' + Math.floorMod(seed * 31 + i * 7L, 26));
        }
        return JsonBytes.trusted(text);
    }
}
