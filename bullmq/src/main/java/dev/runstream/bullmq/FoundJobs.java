package dev.runstream.bullmq;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Jobs that are asked for by name while there is no run of them: those that were put in a moment ago, and those of which
 * the queue's stream tells nothing any more. Safe for any thread; nothing blocks.
 */
final class FoundJobs {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final QueueReader reader;
    private final JobCopies copies;

    FoundJobs(Jobs jobs, QueueReader reader, JobCopies copies) {
        this.jobs = jobs;
        this.reader = reader;
        this.copies = copies;
    }

    /**
     * Waits until all is copied that the queue had told when the job was looked for, and makes its run if it is still
     * missing then.
     *
     * @return false where there is no such job
     */
    CompletionStage<Boolean> lookFor(JobRef job) {
        return jobs.state(job).thenCompose(state -> {
            if (state.where() == JobState.Where.GONE) {
                // It may have gone a moment ago, and all that it told may still be on its way.
                return reached(job, state).thenApply(inTime -> true);
            }
            return reached(job, state)
                    .thenCompose(inTime -> inTime
                            ? jobs.stateWithInput(job).thenCompose(now -> backFill(job, now))
                            : CompletableFuture.completedFuture(true));
        });
    }

    /** The same, for a name that is about to be used, which most often nobody has. */
    CompletionStage<Boolean> lookForOther(Optional<JobRef> named) {
        return named.isEmpty()
                ? CompletableFuture.completedFuture(false)
                : jobs.state(named.get())
                        .thenCompose(state -> state.where() == JobState.Where.GONE
                                ? CompletableFuture.completedFuture(false)
                                : lookFor(named.get()));
    }

    private CompletionStage<Boolean> reached(JobRef job, JobState state) {
        return reader.whenReached(job.queue(), state.lastEntry(), PATIENCE);
    }

    private CompletionStage<Boolean> backFill(JobRef job, JobState state) {
        return state.where() == JobState.Where.GONE
                ? CompletableFuture.completedFuture(true)
                : copies.backFillIfMissing(job, state).thenApply(made -> true);
    }
}
