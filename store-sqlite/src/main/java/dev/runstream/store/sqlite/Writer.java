package dev.runstream.store.sqlite;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Makes all changes of the file, on one thread of its own: takes what has been handed in since the last commit, decides
 * each step in turn, writes it all in one transaction, and only when that is committed publishes it and tells the
 * callers, in the same order. So the busier it gets, the larger the batches and the cheaper each event, and an event is
 * never seen before it is stored.
 *
 * <p>What came together the last time is likely to come together again, so a commit waits for as many steps as that,
 * but never longer than a millisecond. A single caller never waits; where many call independently of each other, their
 * steps gather, since a commit costs more than what is in it; and where all callers wait for their answers, nobody waits
 * for more of them than there are.
 *
 * <p>Where a statement or the commit fails, nothing of the batch is stored or published, and each of its callers is told
 * so. A step that fails by itself fails alone; so does one whose rows the file's own rules refuse, for which the batch is
 * taken apart. Whatever happens, the thread goes on: without it nothing would ever be stored again.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int TASKS_AT_ONCE = 1_024;
    private static final long BYTES_AT_ONCE = 8L * 1024 * 1024;
    private static final long MOST_LINGER_MILLIS = 1;

    // immutable
    private final Connections connections;
    private final Checkpoints checkpoints;
    private final Inbox<WriteTask<?>> inbox = new Inbox<>();
    private final Health health;
    private final Telling telling;
    private final Thread thread;

    // writer only
    private final Sweeper sweeper = new Sweeper();
    private final DiskRoom disk;
    private @Nullable WriteSide side;

    private Writer(
            Connections connections, Checkpoints checkpoints, long maxDiskBytes, Timers timers, Telling telling) {
        this.connections = connections;
        this.checkpoints = checkpoints;
        this.telling = telling;
        disk = new DiskRoom(maxDiskBytes, sweeper, checkpoints);
        health = new Health(timers, () -> submit(new ProbeTask()));
        thread = Thread.ofPlatform().name("store-writer").unstarted(this::work);
    }

    static Writer start(
            Connections connections, Checkpoints checkpoints, long maxDiskBytes, Timers timers, Telling telling)
            throws SQLException {
        Writer writer = new Writer(connections, checkpoints, maxDiskBytes, timers, telling);
        writer.side().queries().garbage().forEach(gone -> writer.sweeper.add(gone.no(), gone.bytes()));
        writer.thread.start();
        return writer;
    }

    Health health() {
        return health;
    }

    DiskRoom disk() {
        return disk;
    }

    <T> CompletionStage<T> submit(WriteTask<T> task) {
        return inbox.offer(task)
                ? task.outcome
                : CompletableFuture.failedFuture(new StoreUnavailableException("the store is closed"));
    }

    /** The sizes of a run's events from a seq on. For the writer's own thread. */
    int[] sizes(String runId, long fromSeq) {
        try {
            return side().queries().sizes(runId, fromSeq);
        } catch (SQLException fault) {
            throw new StoreUnavailableException(connections.file() + " cannot be read: " + fault.getMessage(), fault);
        }
    }

    private void work() {
        Deque<WriteTask<?>> tasks = new ArrayDeque<>();
        int company = 1;
        while (true) {
            boolean idleWork = sweeper.hasWork() && health.state().ready() && !inbox.isClosed();
            tasks.addAll(idleWork ? inbox.poll(TASKS_AT_ONCE) : inbox.take(TASKS_AT_ONCE, company, MOST_LINGER_MILLIS));
            company = Math.max(1, tasks.size() >= company ? tasks.size() : (company + tasks.size()) / 2);
            if (tasks.isEmpty() && !idleWork) {
                return;
            }
            do {
                commitSome(tasks, BYTES_AT_ONCE);
            } while (!tasks.isEmpty());
        }
    }

    /**
     * Takes as many tasks as one transaction should hold, and sees them through.
     *
     * @param mostBytes no further task is taken once the transaction holds so much
     */
    private void commitSome(Deque<WriteTask<?>> tasks, long mostBytes) {
        List<WriteTask<?>> taken = new ArrayList<>(tasks.size());
        WriteBatch batch;
        try {
            WriteSide open = side();
            batch = new WriteBatch(open.queries(), open.slots());
            boolean idle = tasks.isEmpty();
            while (!tasks.isEmpty() && (taken.isEmpty() || batch.bytes() < mostBytes)) {
                WriteTask<?> task = tasks.remove();
                taken.add(task);
                task.decide(batch);
            }
            if (idle || !batch.isEmpty()) {
                write(open, batch);
            }
        } catch (SQLException | RuntimeException | Error fault) {
            if (taken.isEmpty() && !tasks.isEmpty()) {
                taken.add(tasks.remove());
            }
            failed(taken, fault);
            return;
        }
        guarded(() -> telling.tell(() -> taken.forEach(Writer::tell)));
        guarded(() -> batch.committed(sweeper::published));
        guarded(this::checkpoint);
    }

    /** Does what comes after a commit, whose failure is nobody's to be told. */
    private static void guarded(Runnable after) {
        try {
            after.run();
        } catch (RuntimeException | Error fault) {
            LOG.error("a fault after a commit, by which nothing that is stored is lost", fault);
        }
    }

    private void write(WriteSide open, WriteBatch batch) throws SQLException {
        open.writes().begin();
        batch.write(open.writes());
        sweeper.sweep(open.writes(), batch);
        open.writes().commit();
        sweeper.committed();
        health.committed();
        batch.deleted().forEach(gone -> sweeper.add(gone.no(), gone.bytes()));
    }

    private static void tell(WriteTask<?> task) {
        try {
            task.stored();
        } catch (RuntimeException | Error fault) {
            LOG.error("a change was stored, but could not be made visible", fault);
            task.failed(new StoreUnavailableException("a change was stored, but could not be made visible", fault));
        }
    }

    private void failed(List<WriteTask<?>> tasks, Throwable fault) {
        sweeper.rolledBack();
        LOG.debug("nothing of a batch was stored", fault);
        rollBack(fault);
        boolean takeApart = tasks.size() > 1 && isRefusalOfRows(fault);
        Deque<WriteTask<?>> apart = new ArrayDeque<>();
        String message = connections.file() + ": " + fault.getMessage();
        if (!takeApart) {
            health.failed(message);
        }
        for (WriteTask<?> task : tasks) {
            if (takeApart && task.canBeDecidedAgain()) {
                apart.add(task);
            } else {
                task.failed(new StoreUnavailableException(message, fault));
            }
        }
        while (!apart.isEmpty()) {
            commitSome(apart, 0);
        }
    }

    /** Whether it was for one task's rows, so that the others' may be stored. */
    private static boolean isRefusalOfRows(Throwable fault) {
        return fault instanceof SQLiteException sqlite
                && (sqlite.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    /** A connection that had anything worse than a full disk is not trusted again. */
    private void rollBack(Throwable fault) {
        WriteSide open = side;
        if (open == null) {
            return;
        }
        try {
            open.rollBackIfBegun();
            boolean full =
                    fault instanceof SQLiteException sqlite && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
            if (!full) {
                side = null;
                open.close();
            }
        } catch (SQLException beyondMending) {
            LOG.debug("the connection could not be rolled back or closed", beyondMending);
            side = null;
        }
    }

    private void checkpoint() {
        WriteSide open = side;
        if (open != null) {
            checkpoints.afterCommit(open);
        }
    }

    private WriteSide side() throws SQLException {
        WriteSide open = side;
        if (open == null) {
            open = WriteSide.open(connections);
            side = open;
        }
        return open;
    }

    /** Sees through what has been handed in, marks a clean stop and closes the connection. */
    @Override
    public void close() {
        inbox.close();
        Threads.join(thread);
        try (WriteSide open = side()) {
            Session.end(open.connection());
        } catch (SQLException fault) {
            LOG.warn("{} was closed without the mark of a clean stop", connections.file(), fault);
        }
    }
}
