package dev.runstream.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Takes one answer apart while it arrives in pieces: its head, and the bytes of its body without chunk framing. */
final class ArrivingBody {
    private static final int LENGTH_OF_VERSION = 8;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final Sink sink;
    private State state = State.HEAD;
    private int endOfHead;
    private int leftOfChunk;

    /** Takes bytes of the body, those from {@code from} up to {@code to}. */
    interface Sink {
        void take(byte[] bytes, int from, int to);
    }

    private enum State {
        HEAD,
        PLAIN,
        SIZE,
        CHUNK,
        CHUNK_END,
        LAST_END,
        OVER
    }

    ArrivingBody(Sink sink) {
        this.sink = sink;
    }

    /** What has arrived of the head. */
    String head() {
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the answer tells by itself that nothing more comes. */
    boolean isOver() {
        return state == State.OVER;
    }

    /** Whether the end of the connection is the end of the answer. */
    boolean endsWithConnection() {
        return state == State.PLAIN || state == State.OVER;
    }

    void take(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            at = switch (state) {
                case HEAD -> takeHead(bytes[at], at + 1);
                case PLAIN -> takeBody(bytes, at, length);
                case SIZE -> takeSize(bytes[at], at + 1);
                case CHUNK -> takeChunk(bytes, at, length);
                case CHUNK_END -> takeEnd(bytes[at], at + 1, State.SIZE);
                case LAST_END -> takeEnd(bytes[at], at + 1, State.OVER);
                case OVER -> throw new AssertionError("bytes after the end of the answer");
            };
        }
    }

    private int takeHead(byte next, int behind) {
        head.write(next);
        endOfHead = next == '\r' || next == '\n' ? endOfHead + 1 : 0;
        if (endOfHead == 4) {
            String text = head();
            if (text.startsWith(" 204", LENGTH_OF_VERSION)) {
                state = State.OVER;
            } else {
                state = text.contains("Transfer-Encoding: chunked") ? State.SIZE : State.PLAIN;
            }
        }
        return behind;
    }

    private int takeBody(byte[] bytes, int from, int to) {
        sink.take(bytes, from, to);
        return to;
    }

    private int takeSize(byte next, int behind) {
        if (next == '\n') {
            state = leftOfChunk == 0 ? State.LAST_END : State.CHUNK;
        } else if (next != '\r') {
            leftOfChunk = leftOfChunk * 16 + Character.digit(next, 16);
        }
        return behind;
    }

    private int takeChunk(byte[] bytes, int from, int length) {
        int to = Math.min(length, from + leftOfChunk);
        leftOfChunk -= to - from;
        if (leftOfChunk == 0) {
            state = State.CHUNK_END;
        }
        return takeBody(bytes, from, to);
    }

    private int takeEnd(byte next, int behind, State after) {
        if (next == '\n') {
            state = after;
        }
        return behind;
    }
}
