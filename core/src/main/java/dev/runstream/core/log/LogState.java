package dev.runstream.core.log;

import java.util.Arrays;
import java.util.function.LongToIntFunction;

/**
 * What a log holds, without the events themselves: all that a store has to keep of it, and the rules by which it grows
 * and evicts. Never changed; each step gives the next state.
 *
 * <p>What is held is one unbroken range up to the end, and before it at most one event, the <i>island</i>: the latest
 * attempt's latest partial, which outlives the events after it.
 *
 * @param epoch of the log
 * @param firstSeq first event of the unbroken range that is held; {@code lastSeq + 1} for none
 * @param lastSeq the last event ever written; 0 for none
 * @param heldDataBytes bytes of data held
 * @param latestPartialSeq the latest attempt's latest partial; 0 for none
 * @param islandSeq a partial held before {@code firstSeq}; 0 for none
 * @param islandDataBytes its size
 * @param attemptStarts the first seq of each attempt, from attempt 1 on; not to be written to
 */
public record LogState(
        long epoch,
        long firstSeq,
        long lastSeq,
        long heldDataBytes,
        long latestPartialSeq,
        long islandSeq,
        int islandDataBytes,
        long[] attemptStarts) {
    /** The state of a log that has no events yet. */
    public static LogState empty(long epoch) {
        return new LogState(epoch, 1, 0, 0, 0, 0, 0, new long[] {1});
    }

    /** The first event held, island or not. */
    public long firstHeldSeq() {
        return islandSeq != 0 ? islandSeq : firstSeq;
    }

    /** How many events are held. */
    public long heldEvents() {
        return lastSeq - firstSeq + 1 + (islandSeq != 0 ? 1 : 0);
    }

    /** The attempt that an event belongs to; for one that does not exist yet, the latest. */
    public int attemptAt(long seq) {
        int attempt = attemptStarts.length;
        while (attempt > 1 && attemptStarts[attempt - 1] > seq) {
            attempt--;
        }
        return attempt;
    }

    /** One event more, and nothing evicted for it yet. */
    public LogState with(NewEvent event) {
        return with(event.type(), event.data().length(), event.attempt());
    }

    /** One event more, of an attempt, and nothing evicted for it yet. */
    public LogState with(EventType type, int dataBytes, int attempt) {
        long seq = lastSeq + 1;
        long[] starts = attemptStarts;
        long partial = latestPartialSeq;
        if (starts.length < attempt) {
            starts = Arrays.copyOf(attemptStarts, attempt);
            Arrays.fill(starts, attemptStarts.length, starts.length, seq);
            partial = 0;
        }
        if (type == EventType.PARTIAL) {
            partial = seq;
        }
        long held = heldDataBytes + dataBytes;
        return new LogState(epoch, firstSeq, seq, held, partial, islandSeq, islandDataBytes, starts);
    }

    /**
     * The oldest events are gone, one by one, until no more than so much data is held or nothing more may go: the last
     * event stays, and the latest attempt's latest partial.
     *
     * @param dataBytes the size of an event that is held; what it throws is passed on
     */
    public LogState evictedTo(long mostDataBytes, LongToIntFunction dataBytes) {
        long first = firstSeq;
        long held = heldDataBytes;
        long island = islandSeq;
        int islandBytes = islandDataBytes;
        while (held > mostDataBytes) {
            if (island != 0 && island != latestPartialSeq) {
                held -= islandBytes;
                island = 0;
                islandBytes = 0;
            } else if (first >= lastSeq) {
                break;
            } else if (first == latestPartialSeq) {
                island = first;
                islandBytes = dataBytes.applyAsInt(first++);
            } else {
                held -= dataBytes.applyAsInt(first++);
            }
        }
        return new LogState(epoch, first, lastSeq, held, latestPartialSeq, island, islandBytes, attemptStarts);
    }

    /** No partial is held for its own sake any more. */
    LogState withoutPartial() {
        return new LogState(epoch, firstSeq, lastSeq, heldDataBytes, 0, islandSeq, islandDataBytes, attemptStarts);
    }
}
