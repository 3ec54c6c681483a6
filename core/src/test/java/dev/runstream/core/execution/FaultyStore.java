package dev.runstream.core.execution;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.ForwardingRunStore;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A real store whose changes can be made to fail. */
final class FaultyStore extends ForwardingRunStore {
    /** While true, changes fail and nothing is stored. */
    volatile boolean away;
    /** How many calls have failed. */
    final AtomicInteger failed = new AtomicInteger();
    /** While above 0, appends are refused for want of room. */
    final AtomicInteger refusals = new AtomicInteger();
    /** While above 0, appends are stored, but answered as if they were not. */
    final AtomicInteger answersLost = new AtomicInteger();
    /** Whether other processes have it too, so that this one has nothing to take up by itself. */
    volatile boolean shared;
    /** While true, what is followed stays as it was when that began. */
    volatile boolean lagging;
    /** Is followed from now on as logs that were lost and made anew. */
    volatile boolean losesLogs;
    /** While true, no run can be followed. */
    volatile boolean followsNone;
    /** While true, it knows of no run that is asked to be followed. */
    volatile boolean forgets;
    /** While above 0, another process begins a run a moment before, and nobody here hears of that. */
    final AtomicInteger overtaken = new AtomicInteger();
    /** While true, nobody is answered who says that a worker is lost. */
    volatile boolean silent;
    /** Every worker that was said to be lost, as {@code run#attempt}. */
    final List<String> lost = new CopyOnWriteArrayList<>();

    FaultyStore(RunStore store) {
        super(store);
    }

    private <T> CompletionStage<T> unlessAway(Supplier<CompletionStage<T>> call) {
        if (away) {
            failed.incrementAndGet();
            return CompletableFuture.failedFuture(new StoreUnavailableException("away, for the test"));
        }
        return call.get();
    }

    @Override
    public CompletionStage<AppendResult> append(String runId, AppendBatch batch) {
        if (answersLost.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return store.append(runId, batch)
                    .thenCompose(stored ->
                            CompletableFuture.failedFuture(new StoreUnavailableException("lost, for the test")));
        }
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return store.append(runId, new AppendBatch(Optional.empty(), List.of()))
                    .thenApply(seen -> new AppendResult.Refused(
                            new AppendResult.Refusal.NoRoom(),
                            0,
                            OptionalLong.empty(),
                            ((AppendResult.Appended) seen).lastEventId(),
                            RunState.RUNNING));
        }
        return unlessAway(() -> store.append(runId, batch));
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun run) {
        return unlessAway(() -> store.create(run));
    }

    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String runId) {
        return unlessAway(() -> store.requestCancel(runId));
    }

    @Override
    public CompletionStage<Optional<RunRecord>> beginAttempt(String runId) {
        if (overtaken.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            lagging = true;
            return store.beginAttempt(runId).thenCompose(others -> store.beginAttempt(runId));
        }
        return unlessAway(() -> store.beginAttempt(runId));
    }

    @Override
    public CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message) {
        lost.add(runId + "#" + attempt);
        return silent ? new CompletableFuture<>() : unlessAway(() -> store.loseWorker(runId, attempt, message));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return unlessAway(() -> store.findInput(runId));
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        if (followsNone) {
            return CompletableFuture.failedFuture(new StoreUnavailableException("away, for the test"));
        }
        return unlessAway(() -> store.follow(runId))
                .thenApply(found -> found.filter(run -> !forgets).map(followed -> new FaultyFollow(followed, this)));
    }

    @Override
    public CompletionStage<List<RunRecord>> unfinished() {
        return unlessAway(() -> shared ? CompletableFuture.completedFuture(List.of()) : store.unfinished());
    }
}
