package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where runs live: the one authority over what happens to each, and the way to their event logs.
 *
 * <p>Every method may be called from any thread and does not block; the stages it returns complete on threads of the
 * store, or before it returns, and their dependents must not block either. A stage completes when the change is stored
 * as durably as the store promises, and visible to readers; it fails with {@link StoreUnavailableException} where nothing
 * was stored. Changes of one run are applied in one order, which every reader sees.
 */
public interface RunStore extends AutoCloseable {
    /** Starts a run, or finds the one that an equal request had started. */
    CompletionStage<CreateResult> create(NewRun run);

    /** Adds a worker's events, up to the first that is refused, and renews its lease. */
    CompletionStage<AppendResult> append(String runId, AppendBatch batch);

    /** Asks a run to stop; its state afterwards, which is an end where it had ended; empty for no such run. */
    CompletionStage<Optional<RunState>> requestCancel(String runId);

    /**
     * A worker of this process takes a waiting run: its attempt; empty where the run is not waiting any more. A shared store
     * keeps up the attempt's lease until the run has ended or its worker is said to be lost.
     */
    CompletionStage<Optional<RunRecord>> beginAttempt(String runId);

    /** The worker of an attempt is gone without an end; nothing changes where another attempt is in force. */
    CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message);

    CompletionStage<Optional<Run>> find(String runId);

    /** A run's input as JSON; empty for no such run. */
    CompletionStage<Optional<JsonBytes>> findInput(String runId);

    /** The data of a run's terminal event; empty where there is no such run or it has not ended. */
    CompletionStage<Optional<JsonBytes>> findEnd(String runId);

    CompletionStage<RunListing> list(RunQuery query);

    /** Follows a run's log and state, until the follow is closed; empty for no such run. */
    CompletionStage<Optional<FollowedRun>> follow(String runId);

    /**
     * The runs of agents that have not ended and that this process alone has to take up when it starts, oldest first. None
     * where a store is shared: what waits there is in its {@link RunQueue}, and who dies is missed by the others.
     */
    CompletionStage<List<RunRecord>> unfinished();

    /** Says that workers elsewhere can reach this process from now on: each gets its full lease. */
    void serving();

    /**
     * Says that this process is about to stop. Readers that leave from now on are sent away by it, so their leaving
     * cancels nothing; whoever takes the runs up next starts that clock anew.
     */
    void drain();

    /** Answers at once from what is known. */
    StoreHealth health();

    /** How many runs are open, and what their logs hold. Answers at once. */
    StoreGauges gauges();

    /** Stores what was handed in and gives everything back. Blocks until that is done. */
    @Override
    void close();
}
