package dev.runstream.bullmq;

import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares open runs with their jobs, for what no entry tells of: jobs that were removed on completion or cleaned away, and
 * entries that were trimmed before anybody read them. A job is asked for first, then everything is copied that its queue
 * had told by then, and only what then still differs is mended.
 *
 * <p>Blocks; for one thread that is not the one that reads the queues, which it waits for.
 */
final class Reconciling {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciling.class);
    private static final int AT_ONCE = 200;
    /** How long what is being read is waited for; what still differs then is looked at the next time. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** A run may be there before its job is put in. */
    private static final Duration ABOUT_TO_BE = Duration.ofMinutes(1);

    private final CopiedRuns runs;
    private final Jobs jobs;
    private final JobCopies copies;
    private final JobNames names;
    private final QueueReader reader;
    private final InstantSource clock;

    private record Pair(RunRecord run, JobRef job, JobState state) {}

    Reconciling(CopiedRuns runs, Jobs jobs, JobCopies copies, JobNames names, QueueReader reader, InstantSource clock) {
        this.runs = runs;
        this.jobs = jobs;
        this.copies = copies;
        this.names = names;
        this.reader = reader;
        this.clock = clock;
    }

    void compare(String queue) {
        List<RunRecord> open =
                runs.open(JobNames.runsBegin(queue)).toCompletableFuture().join();
        for (int from = 0; from < open.size(); from += AT_ONCE) {
            compare(queue, open.subList(from, Math.min(open.size(), from + AT_ONCE)));
        }
    }

    private void compare(String queue, List<RunRecord> open) {
        List<CompletableFuture<Pair>> asked = new ArrayList<>();
        for (RunRecord run : open) {
            names.jobOf(run)
                    .ifPresent(job -> asked.add(jobs.state(job)
                            .thenApply(state -> new Pair(run, job, state))
                            .toCompletableFuture()));
        }
        SourceId end = SourceId.NONE;
        List<Pair> differing = new ArrayList<>();
        for (CompletableFuture<Pair> each : asked) {
            Optional<Pair> pair = each.handle(Reconciling::known).join();
            if (pair.isPresent()) {
                SourceId then = pair.get().state().lastEntry();
                end = then.isAfter(end) ? then : end;
                pair.filter(this::differs).ifPresent(differing::add);
            }
        }
        if (!differing.isEmpty()
                && reader.whenReached(queue, end, PATIENCE)
                        .toCompletableFuture()
                        .join()) {
            differing.forEach(this::mend);
        }
    }

    /** A job that cannot be asked for keeps no other from being looked at. */
    private static Optional<Pair> known(@Nullable Pair pair, @Nullable Throwable fault) {
        if (fault == null) {
            return Optional.ofNullable(pair);
        }
        Throwable cause = Faults.unwrapped(fault);
        if (Faults.mayPass(cause)) {
            throw new CompletionException(cause);
        }
        LOG.error("a job cannot be compared with its run", cause);
        return Optional.empty();
    }

    private boolean differs(Pair pair) {
        return isToBeStopped(pair) || step(pair).isPresent();
    }

    private static boolean isToBeStopped(Pair pair) {
        return pair.run().stop().isRequested() && pair.state().where() == JobState.Where.WAITING;
    }

    /** What the run has to be told of its job. */
    private Optional<SourceStep> step(Pair pair) {
        RunState state = pair.run().state();
        return switch (pair.state().where()) {
            case COMPLETED, FAILED -> JobCopies.stepTo(pair.state());
            case ACTIVE -> state.isWaiting() ? JobCopies.stepTo(pair.state()) : Optional.empty();
            case WAITING -> state == RunState.RUNNING ? Optional.of(new SourceStep.Waiting(false)) : Optional.empty();
            case GONE -> gone(pair.run());
        };
    }

    private Optional<SourceStep> gone(RunRecord run) {
        boolean isAboutToBe = run.copiedTo().equals(SourceId.NONE)
                && clock.millis() - run.spec().createdAtMillis() < ABOUT_TO_BE.toMillis();
        if (isAboutToBe) {
            return Optional.empty();
        }
        return Optional.of(
                run.state().isWaiting()
                        ? new SourceStep.Removed("the job is not in its queue any more")
                        : new SourceStep.Lost("the job is not in its queue any more, and its end was not seen"));
    }

    private void mend(Pair pair) {
        String runId = pair.run().runId();
        Optional<SourceStep> step = step(pair);
        if (isToBeStopped(pair)) {
            copies.stop(pair.job()).toCompletableFuture().join();
        } else if (step.isPresent()) {
            runs.settle(runId, Optional.of(pair.run().copiedTo()), step.get())
                    .thenAccept(state -> state.ifPresent(now -> LOG.debug("run {} is {} by now", runId, now)))
                    .toCompletableFuture()
                    .join();
        }
    }
}
