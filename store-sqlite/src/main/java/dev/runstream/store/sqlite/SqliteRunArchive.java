package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.LiveRun;
import dev.runstream.core.run.RunArchive;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Keeps runs in one SQLite file: changes go through the {@link Writer}, questions through the {@link Readers}, and
 * memory is a cache of what the file holds.
 */
final class SqliteRunArchive implements RunArchive {
    private final StoreFile file;
    private final Readers readers;
    private final Writer writer;
    private final long runBufferBytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SqliteRunArchive(StoreFile file, Readers readers, Writer writer, long runBufferBytes) {
        this.file = file;
        this.readers = readers;
        this.writer = writer;
        this.runBufferBytes = runBufferBytes;
    }

    /**
     * @param runBufferBytes how much data one run holds
     * @throws StoreFileException if the file cannot be used
     */
    static SqliteRunArchive open(
            SqliteSettings settings, long runBufferBytes, InstantSource clock, Timers timers, Telling telling) {
        StoreFile file = StoreFile.open(settings, clock);
        Connections connections = file.connections();
        Checkpoints checkpoints = new Checkpoints(connections.file(), settings.maxDiskBytes());
        try {
            Writer writer = Writer.start(connections, checkpoints, settings.maxDiskBytes(), timers, telling);
            return new SqliteRunArchive(file, new Readers(connections, checkpoints.readers()), writer, runBufferBytes);
        } catch (SQLException fault) {
            file.close();
            throw new FileCheck(connections.file(), clock).refusal(fault);
        }
    }

    @Override
    public CompletionStage<Creation> create(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish) {
        return writer.submit(new CreateTask(first, input, whyNoRoom, writer.disk(), publish));
    }

    @Override
    public <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step) {
        return writer.submit(new CommitTask<>(run, step));
    }

    @Override
    public CompletionStage<Optional<Stored>> load(String runId) {
        return readers.ask(queries -> {
            Optional<Stored> found = queries.byId(runId);
            return found.isEmpty() ? found : Optional.of(Eviction.within(runBufferBytes, found.get(), queries));
        });
    }

    @Override
    public CompletionStage<Void> settled() {
        return writer.submit(new SettledTask());
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return readers.ask(queries -> queries.input(runId));
    }

    /** The rows may hold more than the log: events that it has evicted, and some that are not published yet. */
    @Override
    public CompletionStage<List<StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes) {
        return readers.ask(queries -> {
            EventLog log = run.log();
            long last = log.lastSeq();
            boolean island = log.islandSeq() == fromSeq;
            if (fromSeq > last || (fromSeq < log.rangeFirstSeq() && !island)) {
                return List.of();
            }
            List<StoredEvent> found = queries.events(run.record().runId(), fromSeq, island ? fromSeq : last, maxBytes);
            if (found.isEmpty() && (fromSeq >= log.rangeFirstSeq() || log.islandSeq() == fromSeq)) {
                throw new StoreUnavailableException("the run has been deleted");
            }
            return found;
        });
    }

    @Override
    public int[] dataBytesFrom(LiveRun run, long seq) {
        return writer.sizes(run.record().runId(), seq);
    }

    @Override
    public CompletionStage<List<Stored>> list(RunQuery query) {
        return readers.ask(queries -> caughtUp(queries.list(query), queries));
    }

    @Override
    public List<Stored> unfinished() {
        return readers.ask(queries -> caughtUp(queries.unfinished(), queries))
                .toCompletableFuture()
                .join();
    }

    private List<Stored> caughtUp(List<RunRows.Row> rows, Queries queries) throws SQLException {
        List<Stored> runs = new ArrayList<>(rows.size());
        for (RunRows.Row row : rows) {
            runs.add(Eviction.within(runBufferBytes, row.stored(), queries));
        }
        return runs;
    }

    @Override
    public CompletionStage<List<String>> expire(long endedBeforeMillis, int most, Predicate<String> mayGo) {
        return writer.submit(new ExpireTask(endedBeforeMillis, most, mayGo, writer.disk()));
    }

    @Override
    public void forget(String runId) {
        throw new UnsupportedOperationException("runs are held here until they expire");
    }

    @Override
    public boolean holdsEvents() {
        return true;
    }

    @Override
    public StoreHealth health() {
        return writer.health().state();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            // The writer goes last: with the last connection SQLite empties and deletes the write-ahead log.
            readers.close();
            writer.close();
            file.close();
        }
    }
}
