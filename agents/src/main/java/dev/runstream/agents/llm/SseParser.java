package dev.runstream.agents.llm;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes an event stream's bytes in whatever pieces they come, and gives the data of each event (WHATWG HTML, 9.2.6).
 *
 * <p>An event that the stream's end cuts off is never given. Fields other than {@code data} mean nothing to us. For one
 * thread at a time; never blocks.
 */
final class SseParser {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxEventBytes;
    private final Consumer<String> events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean afterCarriageReturn;
    private boolean firstLine = true;

    /** @param maxEventBytes how long a line, and an event, may be */
    SseParser(int maxEventBytes, Consumer<String> events) {
        this.maxEventBytes = maxEventBytes;
        this.events = events;
    }

    /** @throws TooLongException if a line or event is longer than allowed */
    void feed(byte[] bytes, int from, int to) throws TooLongException {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            boolean endsPair = afterCarriageReturn && b == '\n';
            afterCarriageReturn = b == '\r';
            if (endsPair) {
                continue;
            }
            if (b == '\n' || b == '\r') {
                endLine();
            } else {
                line.write(b);
                check(line.size());
            }
        }
    }

    private void check(int length) throws TooLongException {
        if (length > maxEventBytes) {
            throw new TooLongException();
        }
    }

    private void endLine() throws TooLongException {
        byte[] bytes = line.toByteArray();
        line.reset();
        int from = firstLine && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        firstLine = false;
        if (bytes.length == from) {
            dispatch();
        } else {
            field(new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8));
        }
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length >= 3
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }

    private void field(String text) throws TooLongException {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (!name.equals("data")) {
            return;
        }
        String value = colon < 0 ? "" : text.substring(colon + 1);
        if (hasData) {
            data.append('\n');
        }
        hasData = true;
        data.append(value.startsWith(" ") ? value.substring(1) : value);
        check(data.length());
    }

    private void dispatch() {
        if (hasData) {
            String event = data.toString();
            data.setLength(0);
            hasData = false;
            events.accept(event);
        }
    }

    /** A line or an event is longer than we are ready to hold. */
    static final class TooLongException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
