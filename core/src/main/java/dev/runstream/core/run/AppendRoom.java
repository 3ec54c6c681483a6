package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.MemoryBudget;

/** Whether there is memory for a run to grow, and how to make some. Safe for any thread. */
final class AppendRoom {
    private final MemoryBudget budget;
    private final MemoryRelief relief;
    private final boolean onlyMemoryHoldsEvents;

    AppendRoom(MemoryBudget budget, MemoryRelief relief, boolean onlyMemoryHoldsEvents) {
        this.budget = budget;
        this.relief = relief;
        this.onlyMemoryHoldsEvents = onlyMemoryHoldsEvents;
    }

    /** Whether a batch fits now, after room was made for it where that was needed. */
    boolean isThereFor(AppendBatch batch, EventLog log) {
        long needed = memoryFor(batch, log);
        return needed == 0 || !budget.wouldExceed(needed) || relief.makeRoom(needed) || shorten(log, needed);
    }

    private static long memoryFor(AppendBatch batch, EventLog log) {
        long dataBytes = 0;
        for (EventDraft draft : batch.drafts()) {
            dataBytes += draft instanceof EventDraft.Valid valid ? valid.data().length() : 0;
        }
        return dataBytes == 0 ? 0 : log.memoryFor((int) Math.min(dataBytes, Integer.MAX_VALUE / 2));
    }

    /**
     * Where all memory is taken by open runs, and only memory has them, a run that grows gives up its oldest events; none
     * where even all of them would not be enough.
     */
    private boolean shorten(EventLog log, long bytes) {
        if (!onlyMemoryHoldsEvents || budget.wouldExceed(bytes - log.memoryBytes())) {
            return false;
        }
        long kept = log.heldDataBytes();
        while (budget.wouldExceed(bytes) && kept > 0) {
            kept = Math.max(0, kept - bytes);
            log.evictUntil(kept);
        }
        return !budget.wouldExceed(bytes);
    }
}
