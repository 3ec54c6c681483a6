package dev.runstream.core.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Makes room where memory is a cache of logs that a store holds: logs leave it, those first that nobody reads, and last
 * the tails that readers wait at. Safe for any thread.
 */
public final class CacheRelief {
    /** Frees a good piece at once, so that not every append has to look. */
    private static final int SHARE = 16;
    /** So many appends do not look after one that found nothing to free. */
    private static final int LOOKS_SAVED = 256;

    private final MemoryBudget budget;
    private final Logs logs;

    // under this object's lock
    private int looksToSave;

    /** All logs in memory. */
    @FunctionalInterface
    public interface Logs {
        void forEach(Action action);

        /** What is done with a log; {@code held} by readers or not. */
        @FunctionalInterface
        interface Action {
            void accept(EventLog log, boolean held);
        }
    }

    public CacheRelief(MemoryBudget budget, Logs logs) {
        this.budget = budget;
        this.logs = logs;
    }

    /** Events are about to go into a log. */
    public void beforeAppend(EventLog log, List<NewEvent> events) {
        long dataBytes = 0;
        for (NewEvent event : events) {
            dataBytes += event.data().length();
        }
        long needed = log.memoryFor(events.size(), dataBytes);
        if (budget.wouldExceed(needed)) {
            makeRoom(needed);
        }
    }

    private synchronized void makeRoom(long bytes) {
        if (looksToSave-- > 0) {
            return;
        }
        budget.sweep();
        long wanted = bytes + budget.limitBytes() / SHARE;
        List<EventLog> read = new ArrayList<>();
        List<EventLog> idle = new ArrayList<>();
        logs.forEach((log, held) -> (held ? read : idle).add(log));
        release(idle, wanted, false);
        release(read, wanted, true);
        release(read, wanted, false);
        budget.sweep();
        looksToSave = budget.wouldExceed(bytes) ? LOOKS_SAVED : 0;
    }

    private void release(List<EventLog> from, long wanted, boolean spareNewest) {
        for (Iterator<EventLog> next = from.iterator(); next.hasNext() && budget.wouldExceed(wanted); ) {
            next.next().releaseResident(wanted, spareNewest);
        }
    }
}
