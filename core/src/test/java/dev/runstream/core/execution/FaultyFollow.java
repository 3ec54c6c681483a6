package dev.runstream.core.execution;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import java.util.concurrent.CompletionStage;

/** A hold on a run that may be behind, or on a log that was lost, as the store of a test says. */
final class FaultyFollow implements FollowedRun {
    private final FollowedRun followed;
    private final FaultyStore store;
    private final boolean isOfLostLog;
    private volatile RunRecord last;

    FaultyFollow(FollowedRun followed, FaultyStore store) {
        this.followed = followed;
        this.store = store;
        isOfLostLog = store.losesLogs;
        last = followed.record();
    }

    @Override
    public RunRecord record() {
        if (!store.lagging && !isReset()) {
            last = followed.record();
        }
        return last;
    }

    /** A log that was followed before it was lost is never told of again. */
    @Override
    public boolean isReset() {
        return store.losesLogs && !isOfLostLog;
    }

    @Override
    public EventLog log() {
        return followed.log();
    }

    @Override
    public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
        return followed.fetch(afterSeq, maxBytes);
    }

    @Override
    public Listening onChange(Runnable action) {
        return followed.onChange(() -> {
            if (!store.lagging) {
                action.run();
            }
        });
    }

    @Override
    public void readerCame() {
        followed.readerCame();
    }

    @Override
    public void readerLeft() {
        followed.readerLeft();
    }

    @Override
    public void close() {
        followed.close();
    }
}
