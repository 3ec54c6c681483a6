package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.MemoryBudget;
import java.util.PriorityQueue;

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
        /** What a run costs beside its log and input, roughly. */
        private static final long FIXED_BYTES = 1024;

        /** This part of all memory has to be free for a run to begin, since one without room for events is of no use. */
        private static final int START_SHARE = 16;

        private final MemoryBudget budget;
        private final MemoryRelief.OfEndedRuns relief;
        private final LiveRuns live;

        OfMemory(MemoryBudget budget, MemoryRelief.OfEndedRuns relief, LiveRuns live) {
            this.budget = budget;
            this.relief = relief;
            this.live = live;
        }

        @Override
        public void opened(RunSpec spec) {
            budget.charge(FIXED_BYTES);
        }

        @Override
        public void left(RunSpec spec) {
            budget.charge(-FIXED_BYTES);
        }

        @Override
        public boolean isThereFor(RunSpec spec) {
            return relief.makeRoom(FIXED_BYTES + spec.inputBytes() + budget.limitBytes() / START_SHARE);
        }

        /** An end always has room: it is what gives the run's memory back. */
        @Override
        public boolean isThereFor(AppendBatch batch, EventLog log) {
            int events = 0;
            long dataBytes = 0;
            boolean ends = false;
            for (EventDraft draft : batch.drafts()) {
                if (draft instanceof EventDraft.Valid valid) {
                    events++;
                    dataBytes += valid.data().length();
                    ends |= valid.type().isTerminal();
                }
            }
            long needed = log.memoryFor(events, dataBytes);
            return !budget.wouldExceed(needed) || relief.makeRoom(needed) || shortenOpenRuns(needed) || ends;
        }

        /** Where open runs take all memory, the largest give up their older half, until it is enough; none if it cannot be. */
        private boolean shortenOpenRuns(long bytes) {
            PriorityQueue<Shortened> largestFirst = new PriorityQueue<>();
            live.forEach(run -> largestFirst.add(new Shortened(run.log())));
            long evictable =
                    largestFirst.stream().mapToLong(Shortened::evictableBytes).sum();
            if (budget.wouldExceed(bytes - evictable)) {
                return false;
            }
            while (budget.wouldExceed(bytes) && !largestFirst.isEmpty()) {
                Shortened largest = largestFirst.remove();
                largest.log.evictUntil(largest.log.heldDataBytes() / 2);
                budget.sweep();
                Shortened left = new Shortened(largest.log);
                if (left.evictableBytes < largest.evictableBytes) {
                    largestFirst.add(left);
                }
            }
            return !budget.wouldExceed(bytes);
        }

        /** A log by what it could give up when it was looked at; the most first. */
        private record Shortened(EventLog log, long evictableBytes) implements Comparable<Shortened> {
            Shortened(EventLog log) {
                this(log, log.evictableBytes());
            }

            @Override
            public int compareTo(Shortened other) {
                return Long.compare(other.evictableBytes, evictableBytes);
            }
        }
    }
}
