package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What all processes share beside the runs themselves: lists of them, and marks for workers. Each lies in a slot of its
 * own, so that it is written beside a run and not with it: the truth is in the runs, and {@link Sweep} mends what a crash
 * has left between the two.
 *
 * <p>Threads and failures are those of {@link Authority}.
 */
interface SharedIndex {
    /** How many runs have not ended. */
    CompletionStage<Long> openRuns();

    /** Lists a run that is about to be created. */
    CompletionStage<Void> opened(String runId, long createdAtMillis);

    /** Lists a run as ended, and its key as good for no longer than it is kept. */
    CompletionStage<Void> ended(String runId, String idempotencyKey, long expiresAtMillis, Duration keptFor);

    /**
     * Takes a run, which is gone, out of all lists, unless they mean a later one of its name.
     *
     * @param createdBeforeMillis the run was created then at the latest
     */
    CompletionStage<Void> forget(String runId, long createdBeforeMillis, String idempotencyKey);

    /** Takes an idempotency key for a run, for a day at first; the run that has it, this one or another. */
    CompletionStage<String> claimKey(String key, String runId);

    /** The run that a key was taken for is there: the key is kept until the run has ended. */
    CompletionStage<Void> keepKey(String key);

    /** Gives a key back for which no run was made. */
    CompletionStage<Void> releaseKey(String key, String runId);

    /** Has a run looked at when something may be due, unless it is to be looked at already. */
    CompletionStage<Void> deadlineIfNone(String runId, long dueMillis);

    /** Has a run looked at when something may be due, unless it is to be looked at earlier. */
    CompletionStage<Void> deadlineNoLater(String runId, long dueMillis);

    /**
     * Has a run looked at at another time than the one that is known; where that was changed meanwhile, unless it is to be
     * looked at earlier.
     */
    CompletionStage<Void> deadlineInsteadOf(String runId, long knownMillis, long dueMillis);

    /**
     * Says that this process is there, and takes runs for which something may be due.
     *
     * @param thereSinceMillis since when it has been there without a break
     */
    CompletionStage<Due> due(long nowMillis, long thereSinceMillis);

    /** Sets the cancel token of a run, and tells workers. */
    CompletionStage<Void> announceStop(String runId);

    /** Takes the cancel token of a run away, before there can be another run of its name. */
    CompletionStage<Void> withdrawStop(String runId);

    /** Runs in the order of {@link RunQuery.Place}, from one on. */
    CompletionStage<List<RunQuery.Place>> listed(Optional<RunQuery.Place> after, int most);

    /** Runs that have not ended, oldest first, some of them. */
    CompletionStage<List<RunQuery.Place>> open(long offset, int most);

    /** Writes one field of a run's hash, if the run is there. */
    CompletionStage<Boolean> note(String runId, String field, String value);

    /**
     * What may be due.
     *
     * @param upSinceMillis since when there has always been a process of this store
     * @param againMillis when these runs are given out again unless they get another deadline
     * @param isMore whether there may be others
     */
    record Due(long upSinceMillis, List<String> runIds, long againMillis, boolean isMore) {}
}
