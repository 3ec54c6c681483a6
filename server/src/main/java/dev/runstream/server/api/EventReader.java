package dev.runstream.server.api;

import dev.runstream.core.json.EventEnvelope;
import dev.runstream.core.run.EventDraft;
import dev.runstream.server.http.BodyMemory;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads events from the pieces of a body, one or line by line, and collects them until they are taken. After the first
 * that can never be stored it reads nothing more, since nothing behind it may be stored either; but where events are
 * numbered, that one may be a repeat, which is for the store to tell.
 *
 * <p>For one thread at a time.
 */
final class EventReader {
    private static final int MOST_WAITING_EVENTS = 1_024;
    private static final int MOST_WAITING_BYTES = 1024 * 1024;

    // immutable
    private final boolean byLine;
    private final boolean numbered;
    private final int maxEventBytes;
    private final BodyMemory.Share memory;
    private final BodyJson json;

    private List<EventDraft> waiting = new ArrayList<>(1);
    private List<Long> waitingLines = new ArrayList<>(1);
    private long waitingBytes;
    /** Of what has been taken, and is not known to be stored. */
    private long takenBytes;

    private boolean signOfLife;
    private boolean stopped;
    private boolean starved;
    /** What is left of a line that cannot be an event. */
    private boolean skipsLine;

    private long line = 1;

    /**
     * Events in the order they stood in.
     *
     * @param lines on which each stood, from 1
     */
    record Batch(List<EventDraft> drafts, List<Long> lines) {}

    /**
     * @param byLine whether the events are one on each line
     * @param numbered whether their producer numbers them
     * @param memory what of the heap it may use
     */
    EventReader(boolean byLine, boolean numbered, int maxEventBytes, BodyMemory.Share memory) {
        this.byLine = byLine;
        this.numbered = numbered;
        this.maxEventBytes = maxEventBytes;
        this.memory = memory;
        json = new BodyJson(maxEventBytes + EventEnvelope.MAX_OVERHEAD_BYTES);
    }

    /** Whether the events are one on each line. */
    boolean isByLine() {
        return byLine;
    }

    /** The line that comes next, from 1. */
    long line() {
        return line;
    }

    /** Takes in bytes of a buffer without moving its indexes. */
    void feed(ByteBuf piece) {
        int from = piece.readerIndex();
        int end = piece.writerIndex();
        while (from < end && !stopped) {
            int lineEnd = byLine ? piece.indexOf(from, end, (byte) '\n') : -1;
            int to = lineEnd < 0 ? end : lineEnd;
            feed(piece, from, to, lineEnd >= 0);
            from = to;
            if (lineEnd >= 0) {
                line++;
                from++;
            }
        }
    }

    private void feed(ByteBuf piece, int from, int to, boolean lineEnds) {
        if (!skipsLine) {
            boolean mayBeEvent = json.feed(piece, from, to - from);
            if (!memory.resize(json.capacityBytes() + waitingBytes + takenBytes)) {
                starved = true;
                stopped = true;
            } else if (lineEnds || !mayBeEvent) {
                endEvent();
                skipsLine = !mayBeEvent;
            }
        }
        skipsLine &= !lineEnds;
    }

    /** The body is whole, so what came last is too. */
    void end() {
        if (!stopped && !json.compactor().isBlank()) {
            endEvent();
        }
    }

    /** Reads nothing more; what is collected stays. */
    void stop() {
        stopped = true;
    }

    /** Whether it stopped for want of memory. */
    boolean isStarved() {
        return starved;
    }

    /** Has the next batch tell that the worker lives, though it may have no event. */
    void giveSignOfLife() {
        signOfLife = true;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && !signOfLife;
    }

    /** Whether no more should arrive until what is collected has been taken. */
    boolean isFull() {
        return waiting.size() >= MOST_WAITING_EVENTS || waitingBytes >= MOST_WAITING_BYTES;
    }

    /** What was taken is stored, or refused. */
    void stored() {
        takenBytes = 0;
        memory.resize(json.capacityBytes() + waitingBytes);
    }

    /** What has been collected since the last time; the batch before is stored by then. */
    Batch take() {
        Batch batch = new Batch(waiting, waitingLines);
        waiting = new ArrayList<>(1);
        waitingLines = new ArrayList<>(1);
        takenBytes = waitingBytes;
        waitingBytes = 0;
        signOfLife = false;
        return batch;
    }

    private void endEvent() {
        if (json.compactor().isBlank()) {
            signOfLife = true;
        } else {
            EventDraft draft = draft();
            waiting.add(draft);
            waitingLines.add(line);
            if (draft instanceof EventDraft.Valid valid) {
                waitingBytes += valid.data().length();
            } else if (!numbered || !byLine) {
                stopped = true;
            }
        }
        json.compactor().reset();
    }

    private EventDraft draft() {
        return switch (json.finish()) {
            case BodyJson.Whole.Value value -> kept(EventDraft.ofEnvelope(value.json(), maxEventBytes));
            case BodyJson.Whole.TooLarge _ -> new EventDraft.TooLarge(maxEventBytes + 1L, maxEventBytes);
            case BodyJson.Whole.Malformed malformed -> new EventDraft.Invalid("the event is " + malformed.message());
        };
    }

    /** Out of the buffer, which the next event is read into. */
    private static EventDraft kept(EventDraft draft) {
        return draft instanceof EventDraft.Valid valid
                ? new EventDraft.Valid(valid.type(), valid.data().copy())
                : draft;
    }
}
