package dev.runstream.server;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunListing;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreGauges;
import dev.runstream.core.run.StoreHealth;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Passes everything on to a store, so that a test overrides only what is to go wrong. */
class ForwardingStore implements RunStore {
    final RunStore store;

    ForwardingStore(RunStore store) {
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

    /** Passes everything on to a hold on a run. */
    static class Hold implements FollowedRun {
        final FollowedRun run;

        Hold(FollowedRun run) {
            this.run = run;
        }

        @Override
        public RunRecord record() {
            return run.record();
        }

        @Override
        public EventLog log() {
            return run.log();
        }

        @Override
        public boolean isReset() {
            return run.isReset();
        }

        @Override
        public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
            return run.fetch(afterSeq, maxBytes);
        }

        @Override
        public Listening onChange(Runnable action) {
            return run.onChange(action);
        }

        @Override
        public void readerCame() {
            run.readerCame();
        }

        @Override
        public void readerLeft() {
            run.readerLeft();
        }

        @Override
        public void close() {
            run.close();
        }
    }
}
