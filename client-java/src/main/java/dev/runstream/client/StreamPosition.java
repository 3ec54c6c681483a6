package dev.runstream.client;

import dev.runstream.client.StreamItem.Gap;
import dev.runstream.client.StreamItem.Reset;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader stands in a run's log, and whether the next id belongs there.
 *
 * <p>An id at or before the position is a repeat. One further on than the next, with no gap told, or of another
 * log with no reset told, is doubted once: the connection is given up, and another asked from the same position.
 * Where that says the same again it is the truth, and the consumer is told. Confined to the consumer's thread.
 */
final class StreamPosition {
    enum Verdict {
        DELIVER,
        REPEAT,
        DOUBT
    }

    private @Nullable EventId last;
    private boolean doubted;
    private @Nullable Gap lastGap;
    // this connection only
    private @Nullable EventId toldTo;

    StreamPosition(Optional<EventId> last) {
        this.last = last.orElse(null);
    }

    Optional<EventId> last() {
        return Optional.ofNullable(last);
    }

    void connectionBegins() {
        toldTo = null;
    }

    void reset() {
        last = null;
        doubted = false;
        lastGap = null;
        toldTo = null;
    }

    /** Takes a gap the server told of; false where the consumer knows it already. */
    boolean tell(Gap gap) {
        toldTo = gap.to();
        boolean news = !gap.equals(lastGap);
        lastGap = gap;
        return news;
    }

    /** Judges the next event's id, and moves the position where it is to be delivered; gaps found go to {@code out}. */
    Verdict judge(EventId id, Consumer<StreamItem> out) {
        EventId before = last;
        if (before != null && id.compareTo(before) <= 0) {
            return Verdict.REPEAT;
        }
        boolean otherLog = before != null && id.epoch() != before.epoch();
        long expected = 1 + Math.max(sequenceIn(before, id), sequenceIn(toldTo, id));
        if (otherLog || id.seq() > expected) {
            if (!doubted) {
                doubted = true;
                return Verdict.DOUBT;
            }
            if (otherLog) {
                out.accept(new Reset());
            }
            if (id.seq() > expected) {
                out.accept(new Gap(new EventId(id.epoch(), expected), new EventId(id.epoch(), id.seq() - 1), false));
            }
        }
        last = id;
        doubted = false;
        return Verdict.DELIVER;
    }

    private static long sequenceIn(@Nullable EventId known, EventId id) {
        return known != null && known.epoch() == id.epoch() ? known.seq() : 0;
    }
}
