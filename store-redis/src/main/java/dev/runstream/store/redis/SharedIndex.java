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

    /** Takes a run, which is gone, out of all lists. */
    CompletionStage<Void> forget(String runId, String idempotencyKey);

    /** Takes an idempotency key for a run; the run that has it, this one or another. */
    CompletionStage<String> claimKey(String key, String runId);

    /** Gives a key back for which no run was made. */
    CompletionStage<Void> releaseKey(String key, String runId);

    /** Has a run looked at when something may be due. */
    CompletionStage<Void> deadline(String runId, long dueMillis);

    /** As {@link #deadline}, unless it has one. */
    CompletionStage<Void> deadlineIfNone(String runId, long dueMillis);

    /** As {@link #deadline}, unless it has an earlier one. */
    CompletionStage<Void> deadlineNoLater(String runId, long dueMillis);

    /**
     * Says that this process is there, and takes runs for which something may be due.
     *
     * @param thereSinceMillis since when it has been there without a break
     */
    CompletionStage<Due> due(long nowMillis, long thereSinceMillis);

    /** Sets the cancel token of a run, and tells workers. */
    CompletionStage<Void> announceStop(String runId);

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
     * @param isMore whether there may be others
     */
    record Due(long upSinceMillis, List<String> runIds, boolean isMore) {}
}
