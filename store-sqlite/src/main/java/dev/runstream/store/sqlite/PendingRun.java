package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.RunArchive.Stored;
import dev.runstream.core.run.RunRecord;
import java.sql.SQLException;
import java.util.Optional;

/** A run as it will be once the batch is committed. Writer only. */
final class PendingRun {
    /** With each so many events {@code progress} is written anyway, so that a start reads fewer for each open run. */
    static final int EVENTS_TO_A_ROW = 16;

    private final RunRecord before;
    /** Of a new run. */
    private final Optional<JsonBytes> input;

    private long no;
    private RunRecord record;
    private LogState log;

    private PendingRun(long no, RunRecord before, Optional<JsonBytes> input, LogState log) {
        this.no = no;
        this.before = before;
        this.input = input;
        this.log = log;
        record = before;
    }

    static PendingRun ofNew(RunRecord run, JsonBytes input) {
        return new PendingRun(0, run, Optional.of(input), LogState.empty(run.epoch()));
    }

    static PendingRun ofStored(long no, RunRecord run, LogState log) {
        return new PendingRun(no, run, Optional.empty(), log);
    }

    RunRecord record() {
        return record;
    }

    Stored stored() {
        return new Stored(record, log);
    }

    long no() {
        return no;
    }

    /** Takes a decision's record, and its events into the state of the log. The log itself evicts when they are published. */
    void apply(Decision<?> decision) {
        record = decision.record();
        for (NewEvent event : decision.events()) {
            log = log.with(event);
        }
    }

    /** Writes the run itself where it is new, so that its events have a number to go by. */
    void writeNew(Writes writes) throws SQLException {
        if (input.isPresent()) {
            no = writes.insert(record, log, input.get());
        }
    }

    void writeChanges(Writes writes) throws SQLException {
        if (input.isPresent()) {
            return;
        }
        boolean runDiffers = RunRows.differ(before, record);
        if (runDiffers) {
            writes.updateRun(no, record);
        }
        if (runDiffers || !eventsTellProgress()) {
            writes.updateProgress(no, record, log);
        }
    }

    /**
     * Whether the row of {@code progress} can stay as it is, since the events after it tell the rest ({@link
     * Queries#unfinished}). Once a run has evicted, only the row tells what is held.
     */
    private boolean eventsTellProgress() {
        return record.producers().equals(before.producers())
                && log.firstSeq() == 1
                && before.lastSeq() / EVENTS_TO_A_ROW == record.lastSeq() / EVENTS_TO_A_ROW;
    }
}
