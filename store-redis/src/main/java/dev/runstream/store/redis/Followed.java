package dev.runstream.store.redis;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A hold on this process's copy of a run. */
final class Followed implements FollowedRun {
    private final RunCopy copy;
    private final RedisRunStore store;
    private final AtomicBoolean closed = new AtomicBoolean();

    Followed(RunCopy copy, RedisRunStore store) {
        this.copy = copy;
        this.store = store;
    }

    @Override
    public RunRecord record() {
        return copy.record();
    }

    @Override
    public EventLog log() {
        return copy.log();
    }

    @Override
    public boolean isReset() {
        return copy.isReset();
    }

    @Override
    public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
        return store.fetch(copy, afterSeq + 1, maxBytes);
    }

    @Override
    public Listening onChange(Runnable action) {
        return copy.onChange(action);
    }

    @Override
    public void readerCame() {
        store.readerCame(copy);
    }

    @Override
    public void readerLeft() {
        store.readerLeft(copy);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.letGo(copy);
        }
    }
}
