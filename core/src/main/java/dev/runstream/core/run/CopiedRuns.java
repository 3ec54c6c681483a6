package dev.runstream.core.run;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Runs whose work is done by jobs of a queue elsewhere: what happens to a job is copied into the log of its run, by any
 * number of processes at once. Which entry of the queue's stream was copied last is stored with what it brought, so that
 * each is copied once, in order, whoever hands it in and however often.
 *
 * <p>Threads and failures are those of {@link RunStore}.
 */
public interface CopiedRuns {
    /** Copies entries of one job, those that are not older than the last one copied; empty for no such run. */
    CompletionStage<Optional<Copied>> copy(String runId, List<SourceEntry> entries);

    /**
     * Applies what is known of a job otherwise.
     *
     * @param seen the last entry that had been copied when it was looked at: nothing happens if another was copied since
     *     then; empty for what is true whatever was copied
     * @return the run's state afterwards; empty for no such run
     */
    CompletionStage<Optional<RunState>> settle(String runId, Optional<SourceId> seen, SourceStep step);

    /**
     * As {@link RunStore#create}, but that there is no limit to such runs, since their queue has them anyway.
     *
     * @param copiedTo entries up to this one are not copied any more
     */
    CompletionStage<CreateResult> create(NewRun run, SourceId copiedTo);

    /**
     * Takes an ended run away with its cancel, so that another one can have its name.
     *
     * @param newLife the entry with which the other one begins: nothing happens where that was copied already
     * @return a time after which the other run has to be created; 0 where there was no run
     */
    CompletionStage<Long> discard(String runId, SourceId newLife);

    /** Runs that have not ended and whose names begin like this. */
    CompletionStage<List<RunRecord>> open(String namesBegin);
}
