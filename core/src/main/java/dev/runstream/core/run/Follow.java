package dev.runstream.core.run;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A hold on a run of an {@link EmbeddedRunStore}. */
final class Follow implements FollowedRun {
    private final LiveRun run;
    private final EmbeddedRunStore store;
    private final AtomicBoolean closed = new AtomicBoolean();

    Follow(LiveRun run, EmbeddedRunStore store) {
        this.run = run;
        this.store = store;
    }

    @Override
    public RunRecord record() {
        return run.record();
    }

    @Override
    public EventLog log() {
        return run.log();
    }

    /** The logs of an embedded store are lost only while the process is down. */
    @Override
    public boolean isReset() {
        return false;
    }

    @Override
    public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
        return store.fetch(run, afterSeq + 1, maxBytes);
    }

    @Override
    public Listening onChange(Runnable action) {
        return run.onChange(action);
    }

    @Override
    public void readerCame() {
        store.readerCame(run);
    }

    @Override
    public void readerLeft() {
        store.readerLeft(run);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.letGo(run);
        }
    }
}
