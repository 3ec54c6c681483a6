package dev.runstream.bullmq;

import dev.runstream.core.run.Copied;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.SourceEntry;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Brings what happens to jobs into their runs, makes the runs that are missing, and keeps a job from going on whose run was
 * asked to stop. Doing anything of this twice changes nothing.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class JobCopies {
    private static final int MOST_EVENTS = 2_000;

    private final CopiedRuns runs;
    private final Jobs jobs;
    private final CancelTokens tokens;
    private final RunStore store;

    JobCopies(CopiedRuns runs, Jobs jobs, CancelTokens tokens, RunStore store) {
        this.store = store;
        this.runs = runs;
        this.jobs = jobs;
        this.tokens = tokens;
    }

    /** Copies entries of one job, in the order of the queue's stream, and not too many events at once. */
    CompletionStage<Void> copy(JobRef job, List<SourceEntry> entries) {
        int end = 0;
        int events = 0;
        while (end < entries.size() && (end == 0 || events < MOST_EVENTS)) {
            events += entries.get(end).step() instanceof SourceStep.Sent sent
                    ? sent.events().size()
                    : 1;
            end++;
        }
        List<SourceEntry> rest = entries.subList(end, entries.size());
        CompletionStage<Void> first = copyAtOnce(job, entries.subList(0, end));
        return rest.isEmpty() ? first : first.thenCompose(copied -> copy(job, rest));
    }

    private CompletionStage<Void> copyAtOnce(JobRef job, List<SourceEntry> entries) {
        String runId = JobNames.runId(job);
        return runs.copy(runId, entries).thenCompose(copied -> {
            if (copied.isEmpty()) {
                return begin(job, 0, entries);
            }
            if (copied.get().newLogAt().isPresent()) {
                int from = copied.get().newLogAt().getAsInt();
                return beginAnew(job, entries.subList(from, entries.size()));
            }
            return seeTo(job, copied.get());
        });
    }

    private CompletionStage<Void> seeTo(JobRef job, Copied copied) {
        return copied.goesOnThoughStopped()
                ? stop(job).thenAccept(removal -> {})
                : CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> beginAnew(JobRef job, List<SourceEntry> entries) {
        return runs.discard(JobNames.runId(job), entries.getFirst().id())
                .thenCompose(after -> begin(job, after, entries));
    }

    /** A job of which there is no run yet. What only says that it is gone makes none. */
    private CompletionStage<Void> begin(JobRef job, long afterMillis, List<SourceEntry> entries) {
        SourceEntry first = entries.getFirst();
        if (first.step() instanceof SourceStep.Removed) {
            return entries.size() == 1
                    ? CompletableFuture.completedFuture(null)
                    : begin(job, afterMillis, entries.subList(1, entries.size()));
        }
        boolean isFirstState = first.step() instanceof SourceStep.Added || first.step() instanceof SourceStep.Waiting;
        SourceId copiedTo = isFirstState ? first.id() : first.id().before();
        return jobs.stateWithInput(job)
                .thenCompose(state -> create(job, state, afterMillis, copiedTo))
                .thenCompose(created -> runs.copy(JobNames.runId(job), entries))
                .thenCompose(copied ->
                        copied.isPresent() ? seeTo(job, copied.get()) : CompletableFuture.completedFuture(null));
    }

    /** Makes a run of a job of which nothing up to this state was told, unless there is one by now. */
    CompletionStage<Void> backFillIfMissing(JobRef job, JobState state) {
        return store.find(JobNames.runId(job))
                .thenCompose(there -> there.isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : create(job, state, 0, state.lastEntry())
                                .thenCompose(created -> settle(job, Optional.of(state.lastEntry()), state)));
    }

    private CompletionStage<Void> create(JobRef job, JobState state, long afterMillis, SourceId copiedTo) {
        var input = state.input();
        RunSpec spec = new RunSpec(
                JobNames.runId(job),
                JobNames.agent(job.queue()),
                1,
                false,
                0,
                0,
                "",
                JobNames.fingerprint(job),
                input.length(),
                afterMillis + 1);
        return runs.create(new NewRun(spec, input), copiedTo).thenAccept(created -> {});
    }

    /** Brings a run to where its job is by now. */
    private CompletionStage<Void> settle(JobRef job, Optional<SourceId> seen, JobState state) {
        return stepTo(state)
                .map(step -> runs.settle(JobNames.runId(job), seen, step).<Void>thenApply(settled -> null))
                .orElse(CompletableFuture.completedFuture(null));
    }

    /** What has to have happened to a waiting job for it to be there; empty where nothing has. */
    static Optional<SourceStep> stepTo(JobState state) {
        return switch (state.where()) {
            case GONE, WAITING -> Optional.empty();
            case ACTIVE -> Optional.of(new SourceStep.Begun(state.attemptsBegun()));
            case COMPLETED -> Optional.of(new SourceStep.Completed(JobEvents.json(state.returnValue())));
            case FAILED -> Optional.of(JobEvents.failed(state.failedReason()));
        };
    }

    /**
     * Keeps a job from going on: takes it out of its queue, or tells the worker that has it. Where it is taken out the queue
     * tells of that, and the run ends after all that the job had told before.
     */
    CompletionStage<Jobs.Removal> stop(JobRef job) {
        return jobs.remove(job).thenCompose(removal -> switch (removal) {
            case ACTIVE, KEPT -> tokens.announce(JobNames.runId(job)).thenApply(told -> removal);
            case REMOVED, GONE, ENDED -> CompletableFuture.completedFuture(removal);
        });
    }

    /** Takes the job of a run that is to stop out of its queue, unless a worker has it. */
    CompletionStage<Void> takeOutIfStopped(JobRef job) {
        return store.find(JobNames.runId(job))
                .thenCompose(run ->
                        run.filter(found -> found.record().stop().isRequested()).isPresent()
                                ? jobs.remove(job).thenAccept(removal -> {})
                                : CompletableFuture.completedFuture(null));
    }

    /** Ends the run of a job that was taken out, if the queue's own word of that has not come in time. */
    CompletionStage<Void> takenOut(JobRef job) {
        return runs.settle(
                        JobNames.runId(job),
                        Optional.empty(),
                        new SourceStep.Removed("the job was taken out of its queue"))
                .thenAccept(settled -> {});
    }
}
