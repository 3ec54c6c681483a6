package dev.runstream.core.run;

import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Events as a worker sends them; single quotes may stand for double ones. */
public final class Drafts {
    static final int MAX_EVENT_BYTES = 256 * 1024;

    private Drafts() {}

    public static EventDraft of(EventType type, String data) {
        return EventDraft.of(type, Json.json(data), MAX_EVENT_BYTES);
    }

    public static EventDraft status(String data) {
        return of(EventType.STATUS, data);
    }

    public static EventDraft delta(String data) {
        return of(EventType.DELTA, data);
    }

    public static EventDraft delta(long number) {
        return delta(Long.toString(number));
    }

    public static EventDraft partial(String data) {
        return of(EventType.PARTIAL, data);
    }

    public static EventDraft complete(String data) {
        return of(EventType.COMPLETE, data);
    }

    public static EventDraft error(String data) {
        return of(EventType.ERROR, data);
    }

    /** A delta of exactly so many bytes of data. */
    public static EventDraft sized(int bytes) {
        return EventDraft.of(EventType.DELTA, Json.ofSize(bytes, bytes), MAX_EVENT_BYTES);
    }

    /** Consecutive deltas with the numbers from, from + 1, … */
    public static EventDraft[] deltas(long from, int count) {
        List<EventDraft> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drafts.add(delta(from + i));
        }
        return drafts.toArray(EventDraft[]::new);
    }

    public static AppendBatch batch(EventDraft... drafts) {
        return new AppendBatch(Optional.empty(), List.of(drafts));
    }

    public static AppendBatch numbered(String producer, long epoch, long seq, EventDraft... drafts) {
        return new AppendBatch(Optional.of(new Producer(producer, epoch, seq)), List.of(drafts));
    }
}
