package dev.runstream.store.redis.testing;

import java.nio.charset.StandardCharsets;

/** Finds where one answer of Redis ends and the next begins, in RESP2 and RESP3. */
final class RespFrames {
    private RespFrames() {}

    /** @return where the answer ends that begins at {@code from}; -1 if it is not all there */
    static int end(byte[] bytes, int from, int length) {
        int line = lineEnd(bytes, from, length);
        if (line < 0) {
            return -1;
        }
        return switch (bytes[from]) {
            case '$', '=', '!' -> {
                int size = number(bytes, from, line);
                int end = size < 0 ? line : line + size + 2;
                yield end <= length ? end : -1;
            }
            case '*', '~', '>' -> elements(bytes, line, length, Math.max(0, number(bytes, from, line)));
            case '%' -> elements(bytes, line, length, 2 * number(bytes, from, line));
            case '|' -> elements(bytes, line, length, 2 * number(bytes, from, line) + 1);
            default -> line;
        };
    }

    private static int elements(byte[] bytes, int from, int length, int count) {
        int at = from;
        for (int i = 0; i < count && at >= 0; i++) {
            at = at < length ? end(bytes, at, length) : -1;
        }
        return at;
    }

    private static int lineEnd(byte[] bytes, int from, int length) {
        for (int i = from; i + 1 < length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i + 2;
            }
        }
        return -1;
    }

    private static int number(byte[] bytes, int from, int lineEnd) {
        return Integer.parseInt(new String(bytes, from + 1, lineEnd - from - 3, StandardCharsets.US_ASCII));
    }

    /** Whether it is a message of a channel, plain or sharded. */
    static boolean isMessage(byte[] bytes, int from, int end) {
        String head = new String(bytes, from, Math.min(24, end - from), StandardCharsets.US_ASCII);
        return head.startsWith(">3\r\n$7\r\nmessage\r\n")
                || head.startsWith(">3\r\n$8\r\nsmessage\r\n")
                || head.startsWith("*3\r\n$7\r\nmessage\r\n")
                || head.startsWith("*3\r\n$8\r\nsmessage\r\n");
    }
}
