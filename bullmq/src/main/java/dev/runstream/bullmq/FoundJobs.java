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
     * Waits until all is copied that the queue had told when the job was looked for, and makes its run if there is a job
     * and the run is still missing then.
     *
     * @return whether that was in time: otherwise a run that is not there may still be on its way
     */
    CompletionStage<Boolean> lookFor(JobRef job) {
        return jobs.state(job).thenCompose(state -> lookFor(job, state));
    }

    /** The same, for a name that is about to be used, which most often nobody has. */
    CompletionStage<Boolean> lookForOther(Optional<JobRef> named) {
        return named.isEmpty()
                ? CompletableFuture.completedFuture(true)
                : jobs.state(named.get())
                        .thenCompose(state -> state.where() == JobState.Where.GONE
                                ? CompletableFuture.completedFuture(true)
                                : lookFor(named.get(), state));
    }

    /** Waits until all is copied that the queue of a job has told by now; whether that was in time. */
    CompletionStage<Boolean> upToNow(JobRef job) {
        return jobs.state(job).thenCompose(state -> reader.whenReached(job.queue(), state.lastEntry(), PATIENCE));
    }

    private CompletionStage<Boolean> lookFor(JobRef job, JobState state) {
        return reader.whenReached(job.queue(), state.lastEntry(), PATIENCE).thenCompose(inTime -> {
            // One that is gone may have gone a moment ago, and all that it told was still on its way.
            return inTime && state.where() != JobState.Where.GONE
                    ? jobs.stateWithInput(job).thenCompose(now -> backFill(job, now))
                    : CompletableFuture.completedFuture(inTime);
        });
    }

    private CompletionStage<Boolean> backFill(JobRef job, JobState state) {
        return state.where() == JobState.Where.GONE
                ? CompletableFuture.completedFuture(true)
                : copies.backFillIfMissing(job, state).thenApply(made -> true);
    }
}
