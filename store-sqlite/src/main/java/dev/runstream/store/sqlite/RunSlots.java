package dev.runstream.store.sqlite;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The slots of the runs used last, so that not every append has to look its run up. Writer only. */
final class RunSlots {
    private static final int MOST = 16_384;

    private final Queries queries;
    private final Map<String, RunSlot> slots = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RunSlot> eldest) {
            return size() > MOST;
        }
    };

    RunSlots(Queries queries) {
        this.queries = queries;
    }

    /** Empty where the file has no such run any more. */
    Optional<RunSlot> of(String runId) throws SQLException {
        RunSlot known = slots.get(runId);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<RunSlot> found = queries.slotOf(runId);
        found.ifPresent(slot -> slots.put(runId, slot));
        return found;
    }

    void created(String runId, long no) {
        slots.put(runId, new RunSlot(no, 0));
    }

    void deleted(String runId) {
        slots.remove(runId);
    }
}
