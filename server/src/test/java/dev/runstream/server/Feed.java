package dev.runstream.server;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The worker of one run, handing events straight to the store, so that a test says what is on the log. */
final class Feed {
    /** Of every run, so that ids can be written down in tests. */
    static final long EPOCH = 1_000;

    private final RunStore store;
    private final String runId;

    private Feed(RunStore store, String runId) {
        this.store = store;
        this.runId = runId;
    }

    /** A new run that is {@code running}; its first event says so. */
    static Feed external(RunStore store, String runId) {
        return create(store, runId, RunSpec.EXTERNAL, 1);
    }

    /** A new run that is {@code queued}; its first event says so. */
    static Feed queued(RunStore store, String runId, int attempts) {
        return create(store, runId, "worker", attempts);
    }

    private static Feed create(RunStore store, String runId, String agent, int attempts) {
        RunSpec spec = new RunSpec(runId, agent, attempts, false, 0, 60_000, "", "same", 2, EPOCH);
        CreateResult created =
                store.create(new NewRun(spec, json("{}"))).toCompletableFuture().join();
        if (!(created instanceof CreateResult.Created)) {
            throw new AssertionError("no new run: " + created);
        }
        return new Feed(store, runId);
    }

    static String id(long seq) {
        return EPOCH + "-" + seq;
    }

    private static JsonBytes json(String text) {
        return JsonBytes.trusted(text.getBytes(StandardCharsets.UTF_8));
    }

    Feed delta(String data) {
        return event(EventType.DELTA, data);
    }

    Feed partial(String data) {
        return event(EventType.PARTIAL, data);
    }

    Feed complete(String data) {
        return event(EventType.COMPLETE, data);
    }

    Feed event(EventType type, String data) {
        append(List.of(new EventDraft.Valid(type, json(data))));
        return this;
    }

    /** So many deltas in one step, the data of each so many bytes long. */
    Feed deltas(int count, int bytes) {
        String text = '"' + "x".repeat(bytes - 2) + '"';
        List<EventDraft> drafts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drafts.add(new EventDraft.Valid(EventType.DELTA, json(text)));
        }
        append(drafts);
        return this;
    }

    private void append(List<EventDraft> drafts) {
        AppendResult result = store.append(runId, new AppendBatch(Optional.empty(), drafts))
                .toCompletableFuture()
                .join();
        if (!(result instanceof AppendResult.Appended)) {
            throw new AssertionError("refused: " + result);
        }
    }

    /** The next attempt begins. */
    Feed begin() {
        if (store.beginAttempt(runId).toCompletableFuture().join().isEmpty()) {
            throw new AssertionError("not waiting for a worker");
        }
        return this;
    }

    /** The process that works on the run is gone. */
    Feed loseWorker() {
        store.loseWorker(runId, 1, "gone").toCompletableFuture().join();
        return this;
    }
}
