package dev.runstream.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one event stream into events, whatever the pieces they arrive in.
 *
 * <p>It follows the WHATWG HTML standard, "Parsing an event stream" and "Interpreting an event stream". What a
 * cut stream leaves unfinished is never delivered, and its id never committed: drop the parser and make a new one
 * for the next connection.
 *
 * <p>Memory is bounded: an event past {@code maxEventBytes} is skipped up to its blank line and reported to
 * {@link Sink#oversized}. Work is linear in the bytes fed. Not safe for several threads; never blocks; the sink is
 * called from within {@link #feed}.
 */
public final class SseParser {
    /** What a parser keeps of one event unless told otherwise: 1 MiB. */
    public static final int DEFAULT_MAX_EVENT_BYTES = 1024 * 1024;

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxEventBytes;
    private final Sink sink;

    // the stream so far
    private int bomBytesSeen;
    private boolean bomDecided;
    private boolean lastWasCr;
    private String lastEventId = "";

    // the line so far
    private final GrowingBytes line = new GrowingBytes();
    private boolean lineCut;

    // the event so far
    private final GrowingBytes data = new GrowingBytes();
    private boolean hasData;
    private String eventName = "";
    private @Nullable String eventId;
    private long eventBytes;
    private boolean skipping;

    /** Makes a parser for one stream that keeps at most {@link #DEFAULT_MAX_EVENT_BYTES} of an event. */
    public SseParser(Sink sink) {
        this(DEFAULT_MAX_EVENT_BYTES, sink);
    }

    /**
     * Makes a parser for one stream.
     *
     * @param maxEventBytes how many bytes one event's lines may have together, line ends and comments not counted
     */
    public SseParser(int maxEventBytes, Sink sink) {
        if (maxEventBytes < 1 || maxEventBytes > 1 << 29) {
            throw new IllegalArgumentException("maxEventBytes must be 1 to 2^29, not " + maxEventBytes);
        }
        this.maxEventBytes = maxEventBytes;
        this.sink = sink;
    }

    /** The id of the last event whose blank line has arrived, empty where there was none. */
    public String lastEventId() {
        return lastEventId;
    }

    /** Parses the bytes that remain in {@code chunk}, and leaves none. */
    public void feed(ByteBuffer chunk) {
        if (chunk.hasArray()) {
            int start = chunk.arrayOffset() + chunk.position();
            feed(chunk.array(), start, start + chunk.remaining());
            chunk.position(chunk.limit());
        } else {
            byte[] copy = new byte[chunk.remaining()];
            chunk.get(copy);
            feed(copy, 0, copy.length);
        }
    }

    /** Parses the bytes of {@code chunk}. */
    public void feed(byte[] chunk) {
        feed(chunk, 0, chunk.length);
    }

    private void feed(byte[] chunk, int from, int to) {
        int at = skipBom(chunk, from, to);
        int lineStart = at;
        while (at < to) {
            byte b = chunk[at];
            boolean restOfCrLf = lastWasCr && b == '\n';
            lastWasCr = b == '\r';
            if (restOfCrLf) {
                lineStart = at + 1;
            } else if (b == '\n' || b == '\r') {
                endLine(chunk, lineStart, at);
                lineStart = at + 1;
            }
            at++;
        }
        keep(chunk, lineStart, to);
    }

    private int skipBom(byte[] chunk, int from, int to) {
        int at = from;
        while (!bomDecided && at < to) {
            if (chunk[at] == BOM[bomBytesSeen]) {
                at++;
                bomDecided = ++bomBytesSeen == BOM.length;
            } else {
                keep(BOM, 0, bomBytesSeen);
                bomDecided = true;
            }
        }
        return at;
    }

    private void keep(byte[] chunk, int from, int to) {
        int room = maxEventBytes - line.size();
        if (to - from > room) {
            lineCut = true;
        }
        line.append(chunk, from, from + Math.min(room, to - from));
        if (lineCut && line.array()[0] != ':') {
            startSkipping();
            eventBytes += to - from - Math.min(room, to - from);
        }
    }

    private void endLine(byte[] chunk, int from, int to) {
        if (line.size() == 0 && !lineCut && to - from <= maxEventBytes) {
            takeLine(chunk, from, to);
            return;
        }
        keep(chunk, from, to);
        takeLine(line.array(), 0, line.size());
        line.clear();
        lineCut = false;
    }

    private void takeLine(byte[] bytes, int from, int to) {
        if (from == to) {
            dispatch();
        } else if (bytes[from] == ':') {
            sink.comment(decode(bytes, from + 1, to));
        } else {
            eventBytes += to - from;
            if (eventBytes > maxEventBytes) {
                startSkipping();
            }
            if (!lineCut) {
                takeField(bytes, from, to);
            }
        }
    }

    private void takeField(byte[] bytes, int from, int to) {
        int colon = from;
        while (colon < to && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, to);
        if (value < to && bytes[value] == ' ') {
            value++;
        }
        // A known name is at most five bytes; a longer one need not be decoded to be ignored.
        switch (colon - from > 5 ? "" : new String(bytes, from, colon - from, ISO_8859_1)) {
            case "data" -> takeData(bytes, value, to);
            case "event" -> eventName = decode(bytes, value, to);
            case "id" -> takeId(bytes, value, to);
            case "retry" -> takeRetry(bytes, value, to);
            default -> {}
        }
    }

    private void takeData(byte[] bytes, int from, int to) {
        if (skipping) {
            return;
        }
        if (hasData) {
            data.append((byte) '\n');
        }
        hasData = true;
        data.append(bytes, from, to);
    }

    private void takeId(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == 0) {
                return;
            }
        }
        eventId = decode(bytes, from, to);
    }

    private void takeRetry(byte[] bytes, int from, int to) {
        long millis = 0;
        for (int at = from; at < to; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return;
            }
            millis = millis > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : millis * 10 + digit;
        }
        if (from < to) {
            sink.retry(millis);
        }
    }

    private void startSkipping() {
        skipping = true;
        data.clear();
    }

    private void dispatch() {
        Optional<String> id = Optional.ofNullable(eventId);
        String name = eventName.isEmpty() ? "message" : eventName;
        String text = decode(data.array(), 0, data.size());
        boolean wasSkipping = skipping;
        boolean hadData = hasData;
        long bytes = eventBytes;

        id.ifPresent(committed -> lastEventId = committed);
        data.clear();
        hasData = false;
        eventName = "";
        eventId = null;
        eventBytes = 0;
        skipping = false;

        if (wasSkipping) {
            sink.oversized(id, name, bytes);
        } else if (hadData) {
            sink.event(new SseEvent(id, name, text));
        }
    }

    private static String decode(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, UTF_8);
        return text.indexOf('\uFFFD') < 0 ? text : decodeAsWhatwg(Arrays.copyOfRange(bytes, from, to));
    }

    /**
     * The WHATWG decoder replaces each byte of an encoded surrogate, Java's the three together. A byte that begins
     * nothing, put in front, makes Java count alike.
     */
    private static String decodeAsWhatwg(byte[] bytes) {
        for (int at = 0; at + 1 < bytes.length; at++) {
            if (bytes[at] == (byte) 0xED && (bytes[at + 1] & 0xE0) == 0xA0) {
                bytes[at] = (byte) 0xFF;
            }
        }
        return new String(bytes, UTF_8);
    }

    /** Takes what a parser finds, in the order of the stream. */
    public interface Sink {
        /** An event, complete with its blank line. */
        void event(SseEvent event);

        /** A comment line: what stands after its colon, cut at the parser's limit. */
        default void comment(String text) {}

        /** The time the server wants between two connections; {@link Long#MAX_VALUE} where it is larger. */
        default void retry(long millis) {}

        /**
         * An event that was too large, and is over.
         *
         * @param id the event's id, which is committed; empty where it had none
         * @param event the event's name
         * @param bytes how large the event was
         */
        default void oversized(Optional<String> id, String event, long bytes) {}
    }
}
