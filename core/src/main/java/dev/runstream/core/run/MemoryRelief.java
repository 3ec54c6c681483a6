package dev.runstream.core.run;

import dev.runstream.core.log.CacheRelief;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** Makes room in the memory that all runs share. Safe for any thread. */
sealed interface MemoryRelief {
    /** Events are about to go into a log. */
    default void beforeAppend(EventLog log, List<NewEvent> events) {}

    /** A run has ended. Called under the lock of its log: never waits for one of ours. */
    default void ended(LiveRun run) {}

    /** A run has left memory. */
    default void left(LiveRun run) {}

    /** Where memory is a cache. */
    final class OfCache implements MemoryRelief {
        private final CacheRelief relief;

        OfCache(MemoryBudget budget, LiveRuns live) {
            relief = new CacheRelief(budget, action -> live.forEach(run -> action.accept(run.log(), run.isHeld())));
        }

        @Override
        public void beforeAppend(EventLog log, List<NewEvent> events) {
            relief.beforeAppend(log, events);
        }
    }

    /** Where there is only memory: ended runs go, oldest end first, their events before their end. */
    final class OfEndedRuns implements MemoryRelief {
        private final MemoryBudget budget;
        private final Predicate<LiveRun> forget;

        // shared: ended, and not yet seen by whoever makes room
        private final Queue<LiveRun> justEnded = new ConcurrentLinkedQueue<>();

        // under this object's lock
        private final Set<LiveRun> withEvents = new LinkedHashSet<>();
        private final SequencedSet<LiveRun> bare = new LinkedHashSet<>();

        /** @param forget deletes a run, unless somebody reads it */
        OfEndedRuns(MemoryBudget budget, Predicate<LiveRun> forget) {
            this.budget = budget;
            this.forget = forget;
        }

        @Override
        public void ended(LiveRun run) {
            justEnded.add(run);
        }

        @Override
        public synchronized void left(LiveRun run) {
            takeIn();
            withEvents.remove(run);
            bare.remove(run);
        }

        private void takeIn() {
            for (LiveRun run = justEnded.poll(); run != null; run = justEnded.poll()) {
                withEvents.add(run);
            }
        }

        /** Tries to make room; whether so many bytes fit now. Call it without a lock on any log. */
        synchronized boolean makeRoom(long bytes) {
            budget.sweep();
            takeIn();
            Iterator<LiveRun> full = withEvents.iterator();
            while (full.hasNext() && budget.wouldExceed(bytes)) {
                LiveRun run = full.next();
                if (!run.isHeld()) {
                    run.log().evictAllButLast();
                    full.remove();
                    bare.add(run);
                }
            }
            forgetOldest(bytes);
            budget.sweep();
            return !budget.wouldExceed(bytes);
        }

        /** Takes one at a time from the front, since what is forgotten leaves on this thread, perhaps not alone. */
        private void forgetOldest(long bytes) {
            Deque<LiveRun> stillRead = new ArrayDeque<>();
            while (!bare.isEmpty() && budget.wouldExceed(bytes)) {
                LiveRun oldest = bare.removeFirst();
                if (oldest.isHeld() || !forget.test(oldest)) {
                    stillRead.push(oldest);
                }
            }
            stillRead.forEach(bare::addFirst);
        }
    }
}
