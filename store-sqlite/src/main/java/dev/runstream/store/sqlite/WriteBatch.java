package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.LiveRun;
import dev.runstream.core.run.RunArchive.Stored;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one commit will bring, as it is being decided: each step sees what the steps before it in the same batch decided,
 * although nothing of it is stored yet. Nothing is written before all of it is decided. Writer only.
 */
final class WriteBatch {
    private record EventRow(PendingRun run, long seq, NewEvent event) {}

    private record Touched(LiveRun run, RunSlot slot, PendingRun pending) {}

    /** What a new run takes beside its input, roughly. */
    private static final int RUN_BYTES = 1_024;

    private final Queries queries;
    private final RunSlots slots;
    private final Map<String, Touched> runs = new LinkedHashMap<>();
    private final Map<String, PendingRun> createdById = new LinkedHashMap<>();
    private final Map<String, PendingRun> createdByKey = new HashMap<>();
    private final Map<String, Queries.Ended> deleted = new LinkedHashMap<>();
    private final List<EventRow> events = new ArrayList<>();
    private long bytes;
    private long deletedBytes;
    private long usedBytesBefore = -1;
    private boolean beat;

    WriteBatch(Queries queries, RunSlots slots) {
        this.queries = queries;
        this.slots = slots;
    }

    /** The run as the next step has to see it. */
    RunRecord latest(LiveRun run) {
        Touched touched = runs.get(run.record().runId());
        return touched == null ? run.record() : touched.pending.record();
    }

    void add(LiveRun run, Decision<?> decision) throws SQLException {
        RunRecord before = latest(run);
        if (decision.events().isEmpty() && decision.record().equals(before)) {
            return;
        }
        Touched touched = runs.get(before.runId());
        if (touched == null) {
            RunSlot slot = slotOf(before.runId());
            touched = new Touched(
                    run, slot, PendingRun.ofStored(slot.no, before, run.log().state()));
            runs.put(before.runId(), touched);
        }
        apply(touched.pending, decision);
    }

    private RunSlot slotOf(String runId) throws SQLException {
        Optional<RunSlot> slot = deletes(runId) ? Optional.empty() : slots.of(runId);
        return slot.orElseThrow(() -> new StoreUnavailableException("the run has been deleted"));
    }

    void create(Decision<RunRecord> first, JsonBytes input) {
        RunRecord run = first.record();
        PendingRun pending = PendingRun.ofNew(run, input);
        createdById.put(run.runId(), pending);
        if (!run.spec().idempotencyKey().isEmpty()) {
            createdByKey.put(run.spec().idempotencyKey(), pending);
        }
        bytes += RUN_BYTES + input.length();
        apply(pending, first);
    }

    private void apply(PendingRun pending, Decision<?> decision) {
        long seq = pending.stored().log().lastSeq();
        pending.apply(decision);
        for (NewEvent event : decision.events()) {
            events.add(new EventRow(pending, ++seq, event));
            bytes += event.data().length();
        }
    }

    Queries queries() {
        return queries;
    }

    /** How much data it will write. */
    long bytes() {
        return bytes;
    }

    /** What the pages in use took before it. */
    long usedBytesBefore() throws SQLException {
        if (usedBytesBefore < 0) {
            usedBytesBefore = queries.usedBytes();
        }
        return usedBytesBefore;
    }

    /** What it will add to that, less what will go. */
    long plannedBytes() {
        return bytes - deletedBytes;
    }

    /** How many new runs it has. */
    int created() {
        return createdById.size();
    }

    Optional<Stored> byId(String runId) throws SQLException {
        PendingRun pending = createdById.get(runId);
        return pending != null ? Optional.of(pending.stored()) : still(queries.byId(runId));
    }

    Optional<Stored> byKey(String key) throws SQLException {
        PendingRun pending = createdByKey.get(key);
        return pending != null ? Optional.of(pending.stored()) : still(queries.byKey(key));
    }

    private Optional<Stored> still(Optional<Stored> found) {
        return found.filter(run -> !deleted.containsKey(run.record().runId()));
    }

    void delete(Queries.Ended run) {
        deleted.put(run.runId(), run);
        deletedBytes += run.bytes();
    }

    boolean deletes(String runId) {
        return deleted.containsKey(runId);
    }

    Iterable<Queries.Ended> deleted() {
        return deleted.values();
    }

    /** Writes something even if nothing changes. */
    void beat() {
        beat = true;
    }

    boolean touches(String runId) {
        return runs.containsKey(runId);
    }

    int events() {
        return events.size();
    }

    boolean isEmpty() {
        return runs.isEmpty() && createdById.isEmpty() && deleted.isEmpty() && !beat;
    }

    void write(Writes writes) throws SQLException {
        // A run that goes may leave its name and key to one that comes.
        for (Queries.Ended gone : deleted.values()) {
            writes.deleteRun(gone.no(), gone.bytes());
        }
        for (PendingRun run : createdById.values()) {
            run.writeNew(writes);
        }
        for (EventRow row : events) {
            writes.insertEvent(row.run.no(), row.seq, row.event.type(), row.event.data());
        }
        for (Touched run : runs.values()) {
            run.pending.writeChanges(writes);
        }
        if (beat) {
            writes.beat();
        }
    }

    /** Is shown a run that has changed. */
    interface Changed {
        void published(LiveRun run, RunSlot slot);
    }

    /** To be called when it is committed and published. */
    void committed(Changed changed) {
        deleted.keySet().forEach(slots::deleted);
        createdById.forEach((runId, run) -> slots.created(runId, run.no()));
        runs.values().forEach(touched -> changed.published(touched.run, touched.slot));
    }
}
