package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.LogState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * What makes an {@link EmbeddedRunStore} last: it settles the order of changes and keeps them. The store has the rules,
 * the logs in memory and the clock; the archive has the disk, or nothing.
 *
 * <p>Any thread may call; no method blocks unless it says so. A stage fails with {@link StoreUnavailableException} where
 * nothing was stored or could be read.
 */
public interface RunArchive extends AutoCloseable {
    /** A run as it was stored, and what its log is made of. */
    record Stored(RunRecord record, LogState log) {}

    /** What became of a run that was to be stored as new. */
    sealed interface Creation {
        record Fresh() implements Creation {}

        /** A run of this name is there, or else one that was started under this idempotency key. */
        record Taken(RunRecord existing, LogState log, boolean byKey) implements Creation {}

        /** There is no room for it. */
        record NoRoom(String message) implements Creation {}
    }

    /**
     * Stores a new run with its first events.
     *
     * @param whyNoRoom asked where no such run is there yet, with the number of new runs that are decided on and not yet
     *     published: empty, or what there is no room of
     * @param publish called once the run is stored, and before anybody else is told of it
     */
    CompletionStage<Creation> create(
            Decision<RunRecord> first, JsonBytes input, IntFunction<Optional<String>> whyNoRoom, Runnable publish);

    /**
     * Decides on a run by its latest record, stores the decision and then publishes it ({@link LiveRun#publish}), in one
     * order for each run. The step may be called again with another record if storing failed before; it must have no
     * effects.
     */
    <O> CompletionStage<O> commit(LiveRun run, Function<RunRecord, Decision<O>> step);

    CompletionStage<Optional<Stored>> load(String runId);

    /** Completes once all that was stored before this call is published. */
    CompletionStage<Void> settled();

    CompletionStage<Optional<JsonBytes>> input(String runId);

    /**
     * Consecutive events from a seq on, as far as they are held and fit into so many bytes of data; at least one where
     * the first is held.
     */
    CompletionStage<List<StoredEvent>> events(LiveRun run, long fromSeq, int maxBytes);

    /**
     * The sizes of some consecutive events' data, from a seq that is held on. Called while a decision is being published,
     * on the thread that does so. Blocks.
     *
     * @throws StoreUnavailableException if they cannot be read now; they will be asked for again
     */
    int[] dataBytesFrom(LiveRun run, long seq);

    /** Runs in the order of {@link RunQuery.Place}; one more than asked for tells that others follow. */
    CompletionStage<List<Stored>> list(RunQuery query);

    /** All runs that have not ended, oldest first. Blocks; called once, before anything else. */
    List<Stored> unfinished();

    /**
     * Deletes ended runs, oldest end first, for which {@code mayGo} holds.
     *
     * @param endedBeforeMillis those that ended before
     * @return the runs deleted
     */
    CompletionStage<List<String>> expire(long endedBeforeMillis, int most, Predicate<String> mayGo);

    /** Deletes an ended run at once; only for an archive that does not hold events. */
    void forget(String runId);

    /** Whether the events are held here too, so that memory is only a cache. */
    boolean holdsEvents();

    StoreHealth health();

    /** Stores what was handed in. Blocks. */
    @Override
    void close();
}
