package dev.runstream.server;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.ForwardingRunStore;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunListing;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreGauges;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A store that is away whenever a test says so, and holds appends back where a test asks for that. */
public final class FaultyStore extends ForwardingRunStore {
    private final AtomicInteger gaugesAsked = new AtomicInteger();
    private volatile boolean away;
    private volatile CompletableFuture<Boolean> appendsGo = CompletableFuture.completedFuture(true);

    FaultyStore(RunStore store) {
        super(store);
    }

    public void away(boolean isAway) {
        away = isAway;
    }

    /** Appends wait until the gate that this returns is completed. */
    public CompletableFuture<Boolean> holdAppends() {
        appendsGo = new CompletableFuture<>();
        return appendsGo;
    }

    public int gaugesAsked() {
        return gaugesAsked.get();
    }

    private <T> CompletionStage<T> unlessAway(Supplier<CompletionStage<T>> work) {
        return away
                ? CompletableFuture.failedFuture(new StoreUnavailableException("away, since the test says so"))
                : work.get();
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun run) {
        return unlessAway(() -> store.create(run));
    }

    @Override
    public CompletionStage<AppendResult> append(String runId, AppendBatch batch) {
        return appendsGo.thenCompose(go -> unlessAway(() -> store.append(runId, batch)));
    }

    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String runId) {
        return unlessAway(() -> store.requestCancel(runId));
    }

    @Override
    public CompletionStage<Optional<RunRecord>> beginAttempt(String runId) {
        return unlessAway(() -> store.beginAttempt(runId));
    }

    @Override
    public CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message) {
        return unlessAway(() -> store.loseWorker(runId, attempt, message));
    }

    @Override
    public CompletionStage<Optional<Run>> find(String runId) {
        return unlessAway(() -> store.find(runId));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return unlessAway(() -> store.findInput(runId));
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findEnd(String runId) {
        return unlessAway(() -> store.findEnd(runId));
    }

    @Override
    public CompletionStage<RunListing> list(RunQuery query) {
        return unlessAway(() -> store.list(query));
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        return unlessAway(() -> store.follow(runId));
    }

    @Override
    public CompletionStage<List<RunRecord>> unfinished() {
        return unlessAway(store::unfinished);
    }

    @Override
    public StoreHealth health() {
        return away ? new StoreHealth(false, "the store is away") : store.health();
    }

    @Override
    public StoreGauges gauges() {
        gaugesAsked.incrementAndGet();
        return store.gauges();
    }
}
