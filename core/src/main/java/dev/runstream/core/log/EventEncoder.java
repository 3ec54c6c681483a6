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
 * and an empty line. The data is one line, which JSON without whitespace between tokens always is. It holds nothing but
 * the epoch, so that a log need not keep one.
 */
record EventEncoder(long epoch) {
    private static final byte[] ID_FIELD = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT_FIELD = "\nevent: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA_FIELD = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = {'\n', '\n'};
    /** What follows an event's data. */
    static final int END_BYTES = END.length;

    private static final int LONGEST_TYPE = 8;
    private static final int MOST_DIGITS = 19;

    /** No event takes more besides its data. */
    static final int MOST_OVERHEAD_BYTES = ID_FIELD.length
            + MOST_DIGITS
            + 1
            + MOST_DIGITS
            + EVENT_FIELD.length
            + LONGEST_TYPE
            + DATA_FIELD.length
            + END.length;

    /** How many bytes an event takes besides its data. */
    int overheadBytes(EventType type, long seq) {
        return headBytes(type, seq) + END.length;
    }

    private int headBytes(EventType type, long seq) {
        return ID_FIELD.length
                + digits(epoch)
                + 1
                + digits(seq)
                + EVENT_FIELD.length
                + type.wireBytes().length
                + DATA_FIELD.length;
    }

    /** Writes an event into a slab and returns the offset behind it. */
    int encode(Slab slab, int offset, EventType type, long seq, JsonBytes data) {
        byte[] head = head(type, seq);
        slab.write(offset, head, 0, head.length);
        slab.write(offset + head.length, data.array(), data.from(), data.length());
        int end = offset + head.length + data.length();
        slab.write(end, END, 0, END.length);
        return end + END.length;
    }

    /** What stands before the data; written from its end. */
    private byte[] head(EventType type, long seq) {
        byte[] head = new byte[headBytes(type, seq)];
        int at = putBefore(head, head.length, DATA_FIELD);
        at = putBefore(head, at, type.wireBytes());
        at = putBefore(head, at, EVENT_FIELD);
        at = putDecimalBefore(head, at, seq);
        head[--at] = '-';
        at = putDecimalBefore(head, at, epoch);
        putBefore(head, at, ID_FIELD);
        return head;
    }

    private static int putBefore(byte[] head, int end, byte[] field) {
        System.arraycopy(field, 0, head, end - field.length, field.length);
        return end - field.length;
    }

    private static int putDecimalBefore(byte[] head, int end, long value) {
        int at = end;
        long rest = value;
        do {
            head[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        return at;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long power = 10; digits < MOST_DIGITS && value >= power; power *= 10) {
            digits++;
        }
        return digits;
    }

    /** The data of one encoded event. */
    static JsonBytes dataOf(byte[] event) {
        for (int i = 0; ; i++) {
            if (Arrays.equals(event, i, i + DATA_FIELD.length, DATA_FIELD, 0, DATA_FIELD.length)) {
                return JsonBytes.trusted(event, i + DATA_FIELD.length, event.length - END.length);
            }
        }
    }
}
