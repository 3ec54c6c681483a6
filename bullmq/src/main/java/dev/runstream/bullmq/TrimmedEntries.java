package dev.runstream.bullmq;

import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.SourceEntry;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of entries that BullMQ trimmed away before any process had copied them: in the log, and in the stream of each run
 * that they may have been of, once and at the place where they would have stood.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class TrimmedEntries {
    private static final Logger LOG = LoggerFactory.getLogger(TrimmedEntries.class);
    private static final String MESSAGE =
            "events of this job may be missing here: its queue had dropped them before they were copied";

    private final CopiedRuns runs;
    private final JobNames names;
    private final JobCopies copies;
    private final Positions positions;

    TrimmedEntries(CopiedRuns runs, JobNames names, JobCopies copies, Positions positions) {
        this.runs = runs;
        this.names = names;
        this.copies = copies;
        this.positions = positions;
    }

    /**
     * Looks whether a queue has trimmed what nobody has copied, before what comes next is copied.
     *
     * @param reached up to where this process has copied the queue
     * @param first the oldest entry that the queue still has
     */
    CompletionStage<Void> look(String queue, SourceId reached, SourceId first) {
        if (reached.equals(SourceId.NONE) || !first.isAfter(reached)) {
            return CompletableFuture.completedFuture(null);
        }
        return positions
                .of(queue)
                .thenCompose(ofAll ->
                        first.isAfter(ofAll) ? tell(queue, reached, first) : CompletableFuture.completedFuture(null));
    }

    private CompletionStage<Void> tell(String queue, SourceId reached, SourceId first) {
        LOG.warn(
                "queue {}: entries between {} and {} were trimmed before they were read: events of its jobs are lost",
                queue,
                reached,
                first);
        SourceEntry gap = new SourceEntry(first.before(), new SourceStep.Told(MESSAGE));
        return runs.open(JobNames.runsBegin(queue))
                .thenCompose(open -> CompletableFuture.allOf(open.stream()
                        .filter(TrimmedEntries::mayHaveSent)
                        .flatMap(run -> names.jobOf(run).stream())
                        .map(job -> copies.copy(job, List.of(gap)).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new)));
    }

    /** A job that was waiting when it was last heard of has at most begun since then. */
    private static boolean mayHaveSent(RunRecord run) {
        return run.state() != RunState.QUEUED;
    }
}
