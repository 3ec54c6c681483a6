package dev.runstream.core.simulation;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunArchive;
import dev.runstream.core.run.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What outlives a process: every run with all events it ever had. */
final class SimDisk {
    final Map<String, Kept> runs = new TreeMap<>();

    /** A run as it is stored. */
    static final class Kept {
        RunRecord record;
        LogState log;
        final JsonBytes input;
        final List<NewEvent> events;

        Kept(RunRecord record, LogState log, JsonBytes input, List<NewEvent> events) {
            this.record = record;
            this.log = log;
            this.input = input;
            this.events = events;
        }

        Kept copy() {
            return new Kept(record, log, input, new ArrayList<>(events));
        }

        RunArchive.Stored stored() {
            return new RunArchive.Stored(record, log);
        }

        int dataBytes(long seq) {
            return events.get((int) seq - 1).data().length();
        }
    }

    SimDisk copy() {
        SimDisk copy = new SimDisk();
        runs.forEach((runId, run) -> copy.runs.put(runId, run.copy()));
        return copy;
    }

    /** After a crash of the machine open runs may have forgotten what readers saw, so that they go on under another epoch. */
    void renewEpochs(long nowMillis) {
        for (Kept run : runs.values()) {
            if (!run.record.isEnded()) {
                run.record = run.record.underEpoch(Math.max(nowMillis, run.record.epoch() + 1));
                LogState log = run.log;
                run.log = new LogState(
                        run.record.epoch(),
                        log.firstSeq(),
                        log.lastSeq(),
                        log.heldDataBytes(),
                        log.latestPartialSeq(),
                        log.islandSeq(),
                        log.islandDataBytes(),
                        log.attemptStarts());
            }
        }
    }
}
