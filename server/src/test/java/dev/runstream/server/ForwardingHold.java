package dev.runstream.server;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import java.util.concurrent.CompletionStage;

/** Passes everything on to a hold on a run, so that a test overrides only what is to go wrong. */
class ForwardingHold implements FollowedRun {
    final FollowedRun run;

    ForwardingHold(FollowedRun run) {
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
