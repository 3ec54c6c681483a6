package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;

/** What events have to look like, said another way than the encoder does. */
final class Encoded {
    private Encoded() {}

    static String text(long epoch, long seq, EventType type, JsonBytes data) {
        return "id: %d-%d%nevent: %s%ndata: %s%n%n"
                .replace("%n", "\n")
                .formatted(epoch, seq, type.toString().toLowerCase(java.util.Locale.ROOT), data);
    }

    static byte[] bytes(long epoch, long seq, EventType type, JsonBytes data) {
        return text(epoch, seq, type, data).getBytes(StandardCharsets.UTF_8);
    }

    /** What one read hands over, as text; fails if it is no slice. */
    static String read(EventLog log, long afterSeq, int maxBytes) {
        StringBuilder got = new StringBuilder();
        LogRead read = log.read(afterSeq, maxBytes, (slab, offset, length) -> {
            byte[] bytes = new byte[length];
            slab.read(offset, bytes, 0, length);
            got.append(new String(bytes, StandardCharsets.UTF_8));
        });
        if (read instanceof LogRead.Slice) {
            return got.toString();
        }
        throw new AssertionError("after " + afterSeq + ": " + read);
    }
}
