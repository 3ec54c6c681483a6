package dev.runstream.store.redis;

import dev.runstream.core.log.CacheRelief;
import dev.runstream.core.log.ColdEvents;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process knows of a run, and the end of its log for those who read it here.
 *
 * <p>It only ever takes over what Redis has stored, in the order of the log: from the answer to a commit of this process,
 * from a message about one elsewhere, or from the run as it was loaded. Where a message is missing, the whole is loaded;
 * then nothing of the log is in memory, and readers get it by the page. A copy never goes back and never changes its
 * epoch: where the log was made anew the copy is {@link #isReset} and another one takes its place.
 *
 * <p>Safe for any thread.
 */
final class RunCopy {
    private static final Logger LOG = LoggerFactory.getLogger(RunCopy.class);
    /** What is held is decided in Redis, so that sizes of events are never asked for. */
    private static final ColdEvents IN_REDIS = seq -> {
        throw new IllegalStateException("the size of event " + seq + " is known to Redis");
    };

    // immutable
    private final String runId;
    private final EventLog log;
    private final CacheRelief relief;
    private final CommitLine commits = new CommitLine();

    // shared: written under this object's lock
    private volatile RunRecord record;
    private volatile long revision;
    private volatile boolean isReset;
    private final AtomicBoolean comparing = new AtomicBoolean();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    // under this object's lock
    private final List<Waiter> waiters = new ArrayList<>(0);
    private int holds;
    private int follows;
    private int readers;
    private boolean dropped;
    private boolean closed;
    private long idleSinceMillis;

    /** What became of something that was taken over. */
    enum Taken {
        /** The copy is as new as that. */
        DONE,
        /** Something is missing in between. */
        BEHIND,
        /** The log was made anew. */
        RESET,
        /** Redis has less than was shown here. */
        LOST
    }

    /** One registration; not a record, so that the same action registered twice is two. */
    private static final class Listener {
        private final Runnable action;

        Listener(Runnable action) {
            this.action = action;
        }
    }

    private record Waiter(long seq, long revision, CompletableFuture<Void> reached) {}

    /** @param nowMillis by the timers' clock, as all times here */
    RunCopy(StoredRun stored, MemoryBudget budget, CacheRelief relief, long nowMillis) {
        runId = stored.runId();
        record = stored.record();
        revision = stored.revision();
        log = new EventLog(stored.log(), Long.MAX_VALUE, budget, IN_REDIS);
        this.relief = relief;
        idleSinceMillis = nowMillis;
    }

    String runId() {
        return runId;
    }

    RunRecord record() {
        return record;
    }

    long revision() {
        return revision;
    }

    EventLog log() {
        return log;
    }

    CommitLine commits() {
        return commits;
    }

    boolean isReset() {
        return isReset;
    }

    /**
     * Takes over a commit of this process.
     *
     * @param lastSeqBefore the end of the log before it
     * @param after the run as it was decided to be
     */
    Taken stored(long lastSeqBefore, List<NewEvent> events, RunRecord after, long revisionAfter, LogState log) {
        relief.beforeAppend(this.log, events);
        synchronized (this) {
            if (isReset) {
                return Taken.RESET;
            }
            boolean comesLate = log.lastSeq() <= this.log.lastSeq() && !events.isEmpty();
            if (comesLate || revisionAfter < revision) {
                // The run was loaded meanwhile.
                record = record.withProducers(after.producers());
                return Taken.DONE;
            }
            record = after;
            revision = revisionAfter;
            grow(lastSeqBefore, events, log);
        }
        tellListeners();
        return Taken.DONE;
    }

    private void grow(long lastSeqBefore, List<NewEvent> events, LogState after) {
        if (closed) {
            return;
        }
        if (lastSeqBefore == log.lastSeq() && follows > 0 && !events.isEmpty()) {
            log.append(events, after);
        } else if (after.lastSeq() > log.lastSeq()) {
            log.adopt(after);
        }
        wakeWaiters();
    }

    /** Takes over what was told of a commit elsewhere, or here. */
    Taken told(LiveMessage message) {
        relief.beforeAppend(log, message.events());
        synchronized (this) {
            if (isReset) {
                return Taken.RESET;
            }
            if (message.log().epoch() != log.epoch() || message.lastSeq() > log.lastSeq()) {
                return Taken.BEHIND;
            }
            if (message.lastSeq() < log.lastSeq()) {
                return Taken.DONE;
            }
            record = RunHash.changed(record, message.changes(), message.log().lastSeq(), message.bytes());
            String moved = message.changes().get("rev");
            revision = moved == null ? revision : Long.parseLong(moved);
            grow(message.lastSeq(), message.events(), message.log());
        }
        tellListeners();
        return Taken.DONE;
    }

    /**
     * Takes over a run as it was loaded.
     *
     * @param shownSeq the end of this copy's log when Redis was asked, which it must have
     */
    Taken loaded(StoredRun stored, long shownSeq) {
        synchronized (this) {
            if (isReset || stored.log().epoch() > log.epoch()) {
                return Taken.RESET;
            }
            if (stored.log().epoch() < log.epoch() || stored.log().lastSeq() < shownSeq) {
                return Taken.LOST;
            }
            if (stored.log().lastSeq() < log.lastSeq() || stored.revision() < revision) {
                // A message was faster.
                return Taken.DONE;
            }
            record = stored.record();
            revision = stored.revision();
            grow(stored.log().lastSeq(), List.of(), stored.log());
        }
        tellListeners();
        return Taken.DONE;
    }

    /** How this copy stands to the end of the log as Redis has it. */
    Taken compare(Authority.Tail tail, long shownSeq) {
        if (isReset || tail.epoch() > log.epoch()) {
            return Taken.RESET;
        }
        if (tail.epoch() < log.epoch() || tail.lastSeq() < shownSeq) {
            return Taken.LOST;
        }
        return hasReached(tail.lastSeq(), tail.revision()) ? Taken.DONE : Taken.BEHIND;
    }

    private boolean hasReached(long seq, long atRevision) {
        return log.lastSeq() >= seq && revision >= atRevision;
    }

    /** Completes when the copy has come so far, or is none any more. */
    synchronized CompletionStage<Void> reached(long seq, long atRevision) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        if (isReset || hasReached(seq, atRevision)) {
            reached.complete(null);
        } else {
            waiters.add(new Waiter(seq, atRevision, reached));
        }
        return reached;
    }

    private void wakeWaiters() {
        if (!waiters.isEmpty()) {
            List<Waiter> done = waiters.stream()
                    .filter(waiter -> isReset || hasReached(waiter.seq, waiter.revision))
                    .toList();
            waiters.removeAll(done);
            done.forEach(waiter -> waiter.reached.complete(null));
        }
    }

    /** The log was made anew: nothing more comes here. */
    void reset() {
        synchronized (this) {
            isReset = true;
            dropped = true;
            wakeWaiters();
            closeUnlessHeld();
        }
        tellListeners();
    }

    private void tellListeners() {
        listeners.forEach(this::tell);
    }

    /** What is stored is stored: one listener's fault is neither the worker's nor the other listeners'. */
    private void tell(Listener listener) {
        try {
            listener.action.run();
        } catch (RuntimeException | Error fault) {
            LOG.warn("a listener of run {} failed", runId, fault);
        }
    }

    FollowedRun.Listening onChange(Runnable action) {
        Listener listener = new Listener(action);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Keeps the copy; false where it has been dropped. */
    synchronized boolean tryHold() {
        if (dropped) {
            return false;
        }
        holds++;
        return true;
    }

    synchronized void letGo(long nowMillis) {
        holds--;
        idleSinceMillis = nowMillis;
        if (dropped) {
            closeUnlessHeld();
        }
    }

    /** Drops the copy if nobody has held it since then. */
    synchronized boolean dropIfIdleSince(long millis) {
        if (dropped || holds > 0 || idleSinceMillis > millis) {
            return false;
        }
        close();
        return true;
    }

    /** Drops the copy, held or not. */
    synchronized void close() {
        dropped = true;
        closed = true;
        log.close();
    }

    private void closeUnlessHeld() {
        if (holds <= 0) {
            close();
        }
    }

    /** Counts a hold that reads the log (1), for which new events are kept in memory, or one that has ended (-1). */
    synchronized void countFollow(int change) {
        follows += change;
    }

    /** False where it is being compared already. */
    boolean beginComparing() {
        return comparing.compareAndSet(false, true);
    }

    void endComparing() {
        comparing.set(false);
    }

    synchronized boolean isFollowed() {
        return follows > 0;
    }

    synchronized int readers() {
        return readers;
    }

    /** Counts a reader that has come (1) or left (-1); how many there are then. */
    synchronized int countReader(int change) {
        readers += change;
        return readers;
    }
}
