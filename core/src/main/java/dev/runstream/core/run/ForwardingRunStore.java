package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Passes everything on to a store, so that whoever stands before one says only what is different. Threads and failures are
 * those of the store.
 */
public abstract class ForwardingRunStore implements RunStore {
    protected final RunStore store;

    protected ForwardingRunStore(RunStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun run) {
        return store.create(run);
    }

    @Override
    public CompletionStage<AppendResult> append(String runId, AppendBatch batch) {
        return store.append(runId, batch);
    }

    @Override
    public CompletionStage<Optional<RunState>> requestCancel(String runId) {
        return store.requestCancel(runId);
    }

    @Override
    public CompletionStage<Optional<RunRecord>> beginAttempt(String runId) {
        return store.beginAttempt(runId);
    }

    @Override
    public CompletionStage<Optional<RunState>> loseWorker(String runId, int attempt, String message) {
        return store.loseWorker(runId, attempt, message);
    }

    @Override
    public CompletionStage<Optional<Run>> find(String runId) {
        return store.find(runId);
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findInput(String runId) {
        return store.findInput(runId);
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> findEnd(String runId) {
        return store.findEnd(runId);
    }

    @Override
    public CompletionStage<RunListing> list(RunQuery query) {
        return store.list(query);
    }

    @Override
    public CompletionStage<Optional<FollowedRun>> follow(String runId) {
        return store.follow(runId);
    }

    @Override
    public CompletionStage<List<RunRecord>> unfinished() {
        return store.unfinished();
    }

    @Override
    public void serving() {
        store.serving();
    }

    @Override
    public void drain() {
        store.drain();
    }

    @Override
    public StoreHealth health() {
        return store.health();
    }

    @Override
    public StoreGauges gauges() {
        return store.gauges();
    }

    @Override
    public void close() {
        store.close();
    }
}
