package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.ArrayList;
import java.util.List;

/** The events that all tests append: the first is a partial, the rest are deltas, each with other data. */
final class Sample {
    static final long EPOCH = 1_763_841_600_000L;
    static final int DATA_BYTES = 12;
    private static final int MOST = 9;
    private static final List<NewEvent> EVENTS = new ArrayList<>();
    private static final List<byte[]> BYTES = new ArrayList<>();

    static {
        for (int seq = 1; seq <= MOST; seq++) {
            JsonBytes data = JsonBytes.ofString("event %04d".formatted(seq));
            EventType type = seq == 1 ? EventType.PARTIAL : EventType.DELTA;
            EVENTS.add(new NewEvent(type, data, 1));
            BYTES.add(Encoded.bytes(EPOCH, seq, type, data));
        }
    }

    private Sample() {}

    /** The events of a range of seqs, both included. */
    static List<NewEvent> events(int first, int last) {
        return EVENTS.subList(first - 1, last);
    }

    /** What a reader has to receive of one event. */
    static byte[] bytes(long seq) {
        return BYTES.get((int) seq - 1);
    }

    static List<EventPage.StoredEvent> stored(int first, int last) {
        return events(first, last).stream()
                .map(event -> new EventPage.StoredEvent(event.type(), event.data()))
                .toList();
    }
}
