package dev.runstream.bullmq;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.ForwardingRunStore;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store as it is seen from outside where queues are followed: it has the runs of their jobs too, under short names where
 * those are enough, also of jobs that are older than the reading; it starts jobs and takes them back.
 *
 * <p>Threads and failures are those of the store beneath, which it does not own.
 */
final class QueuedRuns extends ForwardingRunStore {
    private final JobNames names;
    private final Jobs jobs;
    private final JobCopies copies;
    private final FoundJobs found;
    private final Supplier<StoreHealth> queueHealth;

    QueuedRuns(
            RunStore store,
            JobNames names,
            Jobs jobs,
            JobCopies copies,
            FoundJobs found,
            Supplier<StoreHealth> queueHealth) {
        super(store);
        this.names = names;
        this.jobs = jobs;
        this.copies = copies;
        this.found = found;
        this.queueHealth = queueHealth;
    }

    /** Asks the store by the name given, else by what the name may be short for, else of a job there is no run of yet. */
    private <T> CompletionStage<Optional<T>> ask(
            String asked, Function<String, CompletionStage<Optional<T>>> question) {
        return question.apply(asked).thenCompose(answer -> {
            if (answer.isPresent()) {
                return CompletableFuture.completedFuture(answer);
            }
            Optional<String> full = names.fullName(asked);
            return full.isEmpty()
                    ? askOfJob(asked, question)
                    : question.apply(full.get())
                            .thenCompose(byFull -> byFull.isPresent()
                                    ? CompletableFuture.completedFuture(byFull)
                                    : askOfJob(full.get(), question));
        });
    }

    /**
     * Asks for a run, and for an ended one again when all is copied that its queue has told by now: a job may have been
     * added under its name since then.
     *
     * @param release for an answer that is not used
     */
    private <T> CompletionStage<Optional<T>> askNow(
            String asked,
            Function<String, CompletionStage<Optional<T>>> question,
            Function<T, RunRecord> recordOf,
            Consumer<T> release) {
        return ask(asked, question).thenCompose(answer -> {
            Optional<JobRef> job =
                    answer.map(recordOf).filter(RunRecord::isEnded).flatMap(names::jobOf);
            if (job.isEmpty()) {
                return CompletableFuture.completedFuture(answer);
            }
            answer.ifPresent(release);
            // Where Redis is away, what is known of the run may be told all the same.
            return found.upToNow(job.get()).exceptionally(_ -> false).thenCompose(inTime -> ask(asked, question));
        });
    }

    private <T> CompletionStage<Optional<T>> askOfJob(
            String runId, Function<String, CompletionStage<Optional<T>>> question) {
        Optional<JobRef> job = names.jobNamed(runId);
        return job.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : found.lookFor(job.get())
                        .thenCompose(inTime -> question.apply(runId)
                                .thenApply(answer -> known(answer.isPresent() || inTime, job.get(), answer)));
    }

    /** Whoever asks while a queue is far behind is not told that there is no such run. */
    private static <T> T known(boolean isKnown, JobRef job, T answer) {
        if (!isKnown) {
            throw new StoreUnavailableException(
                    "what queue " + job.queue() + " tells of its jobs has not been copied up to now");
        }
        return answer;
    }

    /** The run comes first, so that nothing of its job is missed; where that is as far as it got, asking again goes on. */
    @Override
    public CompletionStage<CreateResult> create(NewRun asked) {
        Optional<String> queue = names.queueOf(asked.spec().agent());
        if (queue.isEmpty()) {
            return store.create(asked);
        }
        JobRequest request = JobRequest.parse(asked.input());
        NewRun run = new NewRun(withAttempts(asked.spec(), request.attempts()), asked.input());
        Optional<JobRef> other = names.jobNamed(asked.spec().runId());
        return found.lookForOther(other)
                .thenApply(inTime -> other.map(job -> known(inTime, job, job)))
                .thenCompose(looked -> store.create(run))
                .thenCompose(result -> switch (result) {
                    case CreateResult.Created created -> enqueue(created.run().record(), request, result);
                    case CreateResult.Existing existing
                    when isYetToBeEnqueued(existing.run().record()) ->
                        enqueue(existing.run().record(), request, result);
                    default -> CompletableFuture.completedFuture(result);
                });
    }

    private static RunSpec withAttempts(RunSpec spec, int attempts) {
        return new RunSpec(
                spec.runId(),
                spec.agent(),
                attempts,
                spec.cancelOnDisconnect(),
                spec.timeoutMillis(),
                spec.leaseMillis(),
                spec.idempotencyKey(),
                spec.fingerprint(),
                spec.inputBytes(),
                spec.createdAtMillis());
    }

    private static boolean isYetToBeEnqueued(RunRecord run) {
        return !run.isEnded() && !run.stop().isRequested() && run.copiedTo().equals(SourceId.NONE);
    }

    private CompletionStage<CreateResult> enqueue(RunRecord run, JobRequest request, CreateResult result) {
        JobRef job = names.jobOf(run).orElseThrow();
        return jobs.enqueue(job, request, run.epoch()).thenApply(enqueued -> switch (enqueued) {
            case ADDED, AGAIN -> result;
            case EXISTS -> new CreateResult.Conflict(run.runId(), false);
        });
    }

    /** A job that no worker has is taken out of its queue, and its run ends with it. */
    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String asked) {
        return ask(asked, store::find).thenCompose(run -> {
            Optional<JobRef> job = run.flatMap(known -> names.jobOf(known.record()));
            return job.isPresent()
                    ? cancelJob(job.get(), run.get().record())
                    : store.requestCancel(
                            run.map(known -> known.record().runId()).orElse(asked));
        });
    }

    /** An ended run may be of an earlier job of that name, of which the next one is still on its way here. */
    private CompletionStage<Optional<RunState>> cancelJob(JobRef job, RunRecord run) {
        CompletionStage<Boolean> isOfThisJob =
                run.isEnded() ? found.lookFor(job) : CompletableFuture.completedFuture(true);
        return isOfThisJob
                .thenApply(inTime -> known(inTime, job, run.runId()))
                .thenCompose(store::requestCancel)
                .thenCompose(state -> state.filter(RunState.CANCELLING::equals).isPresent()
                        ? stop(job, run.runId(), state)
                        : CompletableFuture.completedFuture(state));
    }

    /** Where another process was faster, its queue tells of that. */
    private CompletionStage<Optional<RunState>> stop(JobRef job, String runId, Optional<RunState> asked) {
        return copies.stop(job).thenCompose(removal -> switch (removal) {
            case REMOVED ->
                found.lookFor(job).thenCompose(looked -> copies.takenOut(job)).thenCompose(ended -> stateOf(runId));
            case GONE -> found.lookFor(job).thenCompose(looked -> stateOf(runId));
            case ACTIVE, KEPT, ENDED -> CompletableFuture.completedFuture(asked);
        });
    }

    private CompletionStage<Optional<RunState>> stateOf(String runId) {
        return store.find(runId)
                .thenApply(run -> run.map(known -> known.record().state()));
    }

    @Override
    public CompletionStage<Optional<Run>> find(String runId) {
        return askNow(runId, store::find, Run::record, _ -> {});
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return ask(runId, store::findInput);
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        return askNow(runId, store::follow, FollowedRun::record, FollowedRun::close);
    }

    @Override
    public StoreHealth health() {
        StoreHealth beneath = store.health();
        return beneath.ready() ? queueHealth.get() : beneath;
    }

    /** Nothing: whoever opened the store beneath closes it. */
    @Override
    public void close() {}
}
