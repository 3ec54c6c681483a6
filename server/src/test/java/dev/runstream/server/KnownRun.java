package dev.runstream.server;

import dev.runstream.core.log.EventType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A run of which every byte is known beforehand: what its worker hands in, and what a stream of it has to carry. */
final class KnownRun {
    private static final String BEGINNING = "{\"state\":\"running\",\"at\":\"1970-01-01T00:00:01Z\"}";

    private final List<Event> events;
    private final byte[] bytes;
    /** Where the event of each seq ends; of 0 where the first begins. */
    private final int[] ends;

    /**
     * One event.
     *
     * @param given what the worker hands in
     * @param sent what readers get
     */
    record Event(EventType type, String given, String sent) {
        static Event of(EventType type, String data) {
            return new Event(type, data, data);
        }

        /** A worker's status, to whose members the server appends the state. */
        static Event status(String members) {
            return new Event(EventType.STATUS, "{" + members + "}", "{" + members + ",\"state\":\"running\"}");
        }
    }

    /** @param events what follows the {@code status} that begins an external run */
    KnownRun(List<Event> events) {
        this.events = List.copyOf(events);
        ends = new int[events.size() + 2];
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        write(all, 1, Event.of(EventType.STATUS, BEGINNING));
        for (int i = 0; i < events.size(); i++) {
            write(all, i + 2, events.get(i));
        }
        bytes = all.toByteArray();
    }

    private void write(ByteArrayOutputStream all, int seq, Event event) {
        String type = event.type().wireName();
        String frame = "id: " + Feed.id(seq) + "\nevent: " + type + "\ndata: " + event.sent() + "\n\n";
        all.writeBytes(frame.getBytes(StandardCharsets.UTF_8));
        ends[seq] = all.size();
    }

    int lastSeq() {
        return ends.length - 1;
    }

    /** How many bytes its events take on a stream. */
    int length() {
        return bytes.length;
    }

    /** Where the event of a seq ends. */
    int endOf(int seq) {
        return ends[seq];
    }

    /** The seq of the last event that is whole in so many bytes; 0 where none is. */
    int seqAt(int offset) {
        int found = Arrays.binarySearch(ends, offset);
        return found >= 0 ? found : -found - 2;
    }

    /** Hands in the event of a seq, which is not the first. */
    void publish(Feed feed, int seq) {
        Event event = events.get(seq - 2);
        feed.event(event.type(), event.given());
    }

    /** What is wrong with bytes that should stand at an offset; empty where they are right. */
    String difference(int offset, byte[] seen, int from, int to) {
        int length = to - from;
        if (offset + length > bytes.length) {
            return "more than the run has: " + text(seen, from, to);
        }
        int at = Arrays.mismatch(bytes, offset, offset + length, seen, from, to);
        return at < 0
                ? ""
                : "after event " + seqAt(offset + at) + " not\n" + text(bytes, offset + at, bytes.length) + "\nbut\n"
                        + text(seen, from + at, to);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, Math.min(200, to - from), StandardCharsets.UTF_8);
    }
}
