package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A live run with its log, without the store around it: published to by one thread, followed by others. */
public final class OneRun implements FollowedRun {
    private static final RunSpec SPEC = new RunSpec("run", "agent", 1, false, 0, 0, "", "", 2, 1);
    private static final NewEvent EVENT = new NewEvent(EventType.DELTA, JsonBytes.ofLong(7), 1);

    private static final LiveRun.Published NOBODY = new LiveRun.Published() {
        @Override
        public void coming(LiveRun run, List<NewEvent> events) {}

        @Override
        public void changed(LiveRun run, RunRecord before, RunRecord after) {}
    };

    private final LiveRun run;

    public OneRun(MemoryBudget budget) {
        RunRecord started = new RunRecord(SPEC, RunState.RUNNING, 1, 1, 0, Stop.NONE, 1, 0, 0, Producers.NONE, true);
        run = new LiveRun(started, new EventLog(1, Long.MAX_VALUE, budget), 0, NOBODY);
    }

    /** Publishes one event as an archive does once it is stored. */
    public void publish() {
        RunRecord next = run.record().withEvent(EVENT.data().length());
        run.publish(new Decision<>(next, List.of(EVENT), true));
    }

    /** Publishes the last event. */
    public void end() {
        RunRecord next = run.record().withEvent(EVENT.data().length()).ended(RunState.COMPLETED, 1);
        run.publish(new Decision<>(next, List.of(new NewEvent(EventType.COMPLETE, EVENT.data(), 1)), true));
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
        return false;
    }

    @Override
    public CompletionStage<EventPage> fetch(long afterSeq, int maxBytes) {
        return CompletableFuture.failedFuture(new StoreUnavailableException("only memory holds events here"));
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
        run.readerLeft(0);
    }

    @Override
    public void close() {}
}
