package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.MemoryBudget;

/** Whether there is memory for runs to begin and to grow, and how to make some. Safe for any thread. */
sealed interface AppendRoom {
    /** Where memory is only a cache. */
    AppendRoom ALWAYS = new OfCache();

    /** Whether a run may begin now, after room was made for it where that was needed. */
    boolean isThereFor(RunSpec spec);

    /** Whether a batch fits now, after room was made for it where that was needed. */
    boolean isThereFor(AppendBatch batch, EventLog log);

    /** A run has begun. */
    void opened(RunSpec spec);

    /** A run has left memory. */
    void left(RunSpec spec);

    /** Refuses nobody: what finds no memory is in the archive. */
    final class OfCache implements AppendRoom {
        @Override
        public boolean isThereFor(RunSpec spec) {
            return true;
        }

        @Override
        public boolean isThereFor(AppendBatch batch, EventLog log) {
            return true;
        }

        @Override
        public void opened(RunSpec spec) {}

        @Override
        public void left(RunSpec spec) {}
    }

    /** Where nothing but memory holds a run. */
    final class OfMemory implements AppendRoom {
        /** What a run costs beside its log and input. */
        private static final long FIXED_BYTES = 1024;

        /** This part of all memory has to be free for a run to begin, since one without room for events is of no use. */
        private static final int START_SHARE = 16;

        private final MemoryBudget budget;
        private final MemoryRelief.OfEndedRuns relief;

        OfMemory(MemoryBudget budget, MemoryRelief.OfEndedRuns relief) {
            this.budget = budget;
            this.relief = relief;
        }

        private static long costOf(RunSpec spec) {
            return FIXED_BYTES + spec.inputBytes();
        }

        @Override
        public void opened(RunSpec spec) {
            budget.charge(costOf(spec));
        }

        @Override
        public void left(RunSpec spec) {
            budget.charge(-costOf(spec));
        }

        @Override
        public boolean isThereFor(RunSpec spec) {
            return relief.makeRoom(costOf(spec) + budget.limitBytes() / START_SHARE);
        }

        @Override
        public boolean isThereFor(AppendBatch batch, EventLog log) {
            long needed = memoryFor(batch);
            return needed == 0 || !budget.wouldExceed(needed) || relief.makeRoom(needed) || shorten(log, needed);
        }

        private static long memoryFor(AppendBatch batch) {
            long dataBytes = 0;
            for (EventDraft draft : batch.drafts()) {
                dataBytes +=
                        draft instanceof EventDraft.Valid valid ? valid.data().length() : 0;
            }
            return dataBytes == 0 ? 0 : EventLog.memoryFor(dataBytes);
        }

        /**
         * Where all memory is taken by open runs, a run that grows gives up its oldest events; none where even all of them
         * would not be enough.
         */
        private boolean shorten(EventLog log, long bytes) {
            if (budget.wouldExceed(bytes - log.memoryBytes())) {
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
}
