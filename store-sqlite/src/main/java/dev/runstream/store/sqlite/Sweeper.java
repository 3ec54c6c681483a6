package dev.runstream.store.sqlite;

import dev.runstream.core.log.LogState;
import dev.runstream.core.run.LiveRun;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Deletes the rows of events that no log holds any more: those of deleted runs, and those evicted from runs that go on.
 * A few with each commit, in proportion to what it writes, so that the file stays bounded and no commit takes long; the
 * rest when nothing else is to be done. Writer only.
 *
 * <p>Nobody asks for such rows. Those of deleted runs are noted in the file; evicted ones that a crash leaves behind go
 * with the next that are evicted, or with their run.
 */
final class Sweeper {
    private static final int ROWS_AT_ONCE = 64;
    private static final int ROWS_WHEN_IDLE = 1_024;
    private static final int ROWS_PER_EVENT = 2;
    /** Evicted rows may stay until they are this part of what the run holds. */
    private static final int TRIM_SHARE = 16;

    private static final long LEAST_TRIM_BYTES = 16 * 1024;

    private sealed interface Rubbish {
        long bytes();
    }

    private record GoneRun(long no, long bytes) implements Rubbish {}

    private record Evicted(LiveRun run, RunSlot slot, long bytes) implements Rubbish {}

    private final Deque<Rubbish> queue = new ArrayDeque<>();
    private long pendingBytes;
    private int credit;
    /** How many of the queue's first are done with once the transaction is committed. */
    private int done;

    boolean hasWork() {
        return !queue.isEmpty();
    }

    /** What the rows still to be deleted take, roughly. */
    long pendingBytes() {
        return pendingBytes;
    }

    void add(long no, long bytes) {
        enqueue(new GoneRun(no, bytes));
    }

    private void enqueue(Rubbish rubbish) {
        queue.add(rubbish);
        pendingBytes += rubbish.bytes();
    }

    /** Takes note of what the run's log has evicted. */
    void published(LiveRun run, RunSlot slot) {
        long evicted = run.record().bytes() - run.log().heldDataBytes();
        long fresh = evicted - slot.trimmedBytes;
        long worthwhile = run.record().isEnded()
                ? 1
                : Math.max(LEAST_TRIM_BYTES, run.log().heldDataBytes() / TRIM_SHARE);
        if (fresh >= worthwhile) {
            slot.trimmedBytes = evicted;
            enqueue(new Evicted(run, slot, fresh));
        }
    }

    /** Deletes some rows, within the transaction of the batch. */
    void sweep(Writes writes, WriteBatch batch) throws SQLException {
        credit = batch.isEmpty() ? ROWS_WHEN_IDLE : credit + ROWS_PER_EVENT * batch.events();
        Iterator<Rubbish> heads = queue.iterator();
        while (credit >= ROWS_AT_ONCE && heads.hasNext()) {
            Rubbish head = heads.next();
            boolean more = true;
            while (more && credit >= ROWS_AT_ONCE) {
                credit -= ROWS_AT_ONCE;
                more = switch (head) {
                    case GoneRun gone -> sweep(gone, writes);
                    case Evicted evicted -> sweep(evicted, writes, batch);
                };
            }
            if (!more) {
                done++;
            }
        }
        credit = Math.min(credit, ROWS_WHEN_IDLE);
    }

    private static boolean sweep(GoneRun gone, Writes writes) throws SQLException {
        if (writes.deleteEvents(gone.no, Long.MAX_VALUE, 0, ROWS_AT_ONCE)) {
            return true;
        }
        writes.deleteGarbage(gone.no);
        return false;
    }

    /** The run's row has to say first what it no longer holds; a run that has evicted says so with each change anyway. */
    private static boolean sweep(Evicted evicted, Writes writes, WriteBatch batch) throws SQLException {
        LogState log = evicted.run.log().state();
        if (!batch.touches(evicted.run.record().runId())) {
            writes.updateProgress(evicted.slot.no, evicted.run.record(), log);
        }
        return writes.deleteEvents(evicted.slot.no, log.firstSeq(), log.islandSeq(), ROWS_AT_ONCE);
    }

    void committed() {
        for (; done > 0; done--) {
            pendingBytes -= queue.remove().bytes();
        }
    }

    void rolledBack() {
        done = 0;
    }
}
