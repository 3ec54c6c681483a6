package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes events of one log as the SSE blocks that readers receive:
 *
 * <pre>
 * id: 1763841600000-43
 * event: delta
 * data: {"text":"hello"}
 * </pre>
 *
 * and an empty line. The data is one line, which JSON without whitespace between tokens always is. Owned by one thread
 * at a time.
 */
final class EventEncoder {
    private static final byte[] EVENT_FIELD = "\nevent: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA_FIELD = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = {'\n', '\n'};
    /** What follows an event's data. */
    static final int END_BYTES = END.length;

    private static final int LONGEST_TYPE = 8;
    private static final int MOST_DIGITS = 19;

    private final byte[] idPrefix;
    private final byte[] head;

    EventEncoder(long epoch) {
        idPrefix = ("id: " + epoch + "-").getBytes(StandardCharsets.US_ASCII);
        head = new byte[idPrefix.length + MOST_DIGITS + EVENT_FIELD.length + LONGEST_TYPE + DATA_FIELD.length];
        System.arraycopy(idPrefix, 0, head, 0, idPrefix.length);
    }

    /** How many bytes an event takes besides its data. */
    int overheadBytes(EventType type, long seq) {
        return idPrefix.length
                + digits(seq)
                + EVENT_FIELD.length
                + type.wireBytes().length
                + DATA_FIELD.length
                + END.length;
    }

    /** No event takes more besides its data. */
    int mostOverheadBytes() {
        return head.length + END.length;
    }

    /** Writes an event into a slab and returns the offset behind it. */
    int encode(Slab slab, int offset, EventType type, long seq, JsonBytes data) {
        int headBytes = writeDecimal(seq, idPrefix.length);
        headBytes = put(EVENT_FIELD, headBytes);
        headBytes = put(type.wireBytes(), headBytes);
        headBytes = put(DATA_FIELD, headBytes);
        slab.write(offset, head, 0, headBytes);
        slab.write(offset + headBytes, data.array(), data.from(), data.length());
        int end = offset + headBytes + data.length();
        slab.write(end, END, 0, END.length);
        return end + END.length;
    }

    /** The data of one encoded event. */
    static JsonBytes dataOf(byte[] event) {
        for (int i = 0; ; i++) {
            if (Arrays.equals(event, i, i + DATA_FIELD.length, DATA_FIELD, 0, DATA_FIELD.length)) {
                return JsonBytes.trusted(event, i + DATA_FIELD.length, event.length - END.length);
            }
        }
    }

    private int put(byte[] field, int at) {
        System.arraycopy(field, 0, head, at, field.length);
        return at + field.length;
    }

    private int writeDecimal(long value, int at) {
        int end = at + digits(value);
        long rest = value;
        for (int i = end - 1; i >= at; i--) {
            head[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
