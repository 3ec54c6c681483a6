package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogState;
import dev.runstream.core.run.RunArchive.Stored;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is asked of the file, on one connection. Owned by one thread; blocks. */
final class Queries {
    private static final int SIZES_AT_ONCE = 1024;
    /** Roughly what an event takes beside its data once it is encoded, so that a page of small ones is not many times as large. */
    private static final int ENCODED_OVERHEAD_BYTES = 48;

    private static final String RUN_NO = "(SELECT no FROM run WHERE run_id = ?)";

    private final Connection connection;
    private final PreparedStatement byId;
    private final PreparedStatement byKey;
    private final PreparedStatement slot;
    private final PreparedStatement input;
    private final PreparedStatement events;
    private final PreparedStatement sizes;
    private final PreparedStatement ended;
    private final Sql used;

    Queries(Connection connection) throws SQLException {
        this.connection = connection;
        byId = connection.prepareStatement(RunRows.SELECT + "WHERE run_id = ?");
        byKey = connection.prepareStatement(RunRows.SELECT + "WHERE idempotency_key = ?");
        slot = connection.prepareStatement(
                "SELECT no, bytes - held_bytes FROM run" + " JOIN progress ON progress.run = run.no WHERE run_id = ?");
        input = connection.prepareStatement("SELECT json FROM input WHERE run = " + RUN_NO);
        events = connection.prepareStatement(
                "SELECT seq, type, data FROM event WHERE run = " + RUN_NO + " AND seq >= ? AND seq <= ? ORDER BY seq");
        sizes = connection.prepareStatement("SELECT length(data) FROM event WHERE run = " + RUN_NO
                + " AND seq >= ? ORDER BY seq LIMIT " + SIZES_AT_ONCE);
        ended = connection.prepareStatement(
                "SELECT no, run_id, held_bytes + input_bytes + 32 * (last_seq - first_seq + 1)"
                        + " FROM run JOIN progress ON progress.run = run.no"
                        + " WHERE ended_at > 0 AND ended_at < ? ORDER BY ended_at");
        used = new Sql(
                connection,
                "SELECT (pages.page_count - free.freelist_count) * size.page_size FROM pragma_page_count pages,"
                        + " pragma_freelist_count free, pragma_page_size size");
    }

    Optional<Stored> byId(String runId) throws SQLException {
        return one(byId, runId);
    }

    Optional<Stored> byKey(String key) throws SQLException {
        return one(byKey, key);
    }

    private static Optional<Stored> one(PreparedStatement statement, String name) throws SQLException {
        statement.setString(1, name);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(RunRows.read(row).stored()) : Optional.empty();
        }
    }

    /** What was evicted before counts as trimmed: rows of it that are left go with the next. */
    Optional<RunSlot> slotOf(String runId) throws SQLException {
        slot.setString(1, runId);
        try (ResultSet row = slot.executeQuery()) {
            return row.next() ? Optional.of(new RunSlot(row.getLong(1), row.getLong(2))) : Optional.empty();
        }
    }

    Optional<JsonBytes> input(String runId) throws SQLException {
        input.setString(1, runId);
        try (ResultSet row = input.executeQuery()) {
            return row.next() ? Optional.of(JsonBytes.trusted(row.getBytes(1))) : Optional.empty();
        }
    }

    /** Consecutive events, as far as they are there and fit; none if the first is not there. */
    List<StoredEvent> events(String runId, long fromSeq, long toSeq, int maxBytes) throws SQLException {
        events.setString(1, runId);
        events.setLong(2, fromSeq);
        events.setLong(3, toSeq);
        List<StoredEvent> found = new ArrayList<>();
        long bytes = 0;
        try (ResultSet row = events.executeQuery()) {
            while (row.next() && row.getLong(1) == fromSeq + found.size()) {
                byte[] data = row.getBytes(3);
                bytes += data.length + ENCODED_OVERHEAD_BYTES;
                if (bytes > maxBytes && !found.isEmpty()) {
                    break;
                }
                found.add(new StoredEvent(EventType.ofCode(row.getInt(2)), JsonBytes.trusted(data)));
            }
        }
        return found;
    }

    int[] sizes(String runId, long fromSeq) throws SQLException {
        sizes.setString(1, runId);
        sizes.setLong(2, fromSeq);
        int[] found = new int[SIZES_AT_ONCE];
        int count = 0;
        try (ResultSet row = sizes.executeQuery()) {
            while (row.next()) {
                found[count++] = row.getInt(1);
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** An ended run, and roughly what its rows take. */
    record Ended(long no, String runId, long bytes) {}

    /** Is shown ended runs until it has enough. */
    interface EndedVisitor {
        boolean wantsMoreAfter(Ended run);
    }

    /** Shows runs that ended before a time, oldest end first. */
    void visitEnded(long beforeMillis, EndedVisitor visitor) throws SQLException {
        ended.setLong(1, beforeMillis);
        try (ResultSet row = ended.executeQuery()) {
            while (row.next()) {
                if (!visitor.wantsMoreAfter(new Ended(row.getLong(1), row.getString(2), row.getLong(3)))) {
                    return;
                }
            }
        }
    }

    /** What the pages in use take. */
    long usedBytes() throws SQLException {
        return used.answer();
    }

    /** A deleted run whose events are still there. */
    record Garbage(long no, long bytes) {}

    List<Garbage> garbage() throws SQLException {
        List<Garbage> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT run, bytes FROM garbage");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(new Garbage(row.getLong(1), row.getLong(2)));
            }
        }
        return found;
    }

    List<RunRows.Row> list(RunQuery query) throws SQLException {
        StringBuilder where = new StringBuilder("WHERE 1");
        List<Object> values = new ArrayList<>();
        query.state().ifPresent(state -> {
            where.append(" AND state = ?");
            values.add(state.wireName());
        });
        query.agent().ifPresent(agent -> {
            where.append(" AND agent = ?");
            values.add(agent);
        });
        query.after().ifPresent(after -> {
            where.append(" AND created_at <= ? AND (created_at < ? OR run_id > ?)");
            values.add(after.createdAtMillis());
            values.add(after.createdAtMillis());
            values.add(after.runId());
        });
        values.add(query.limit() + 1L);
        try (PreparedStatement statement =
                connection.prepareStatement(RunRows.SELECT + where + " ORDER BY created_at DESC, run_id LIMIT ?")) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return all(statement);
        }
    }

    /** Oldest first, with the events that their rows do not tell of yet. */
    List<RunRows.Row> unfinished() throws SQLException {
        List<RunRows.Row> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        RunRows.SELECT
                                + "WHERE state IN ('queued', 'running', 'retrying', 'cancelling') ORDER BY created_at, run_id");
                PreparedStatement later = connection.prepareStatement(
                        "SELECT seq, type, length(data) FROM event WHERE run = ? AND seq > ? AND seq < ? ORDER BY seq")) {
            for (RunRows.Row row : all(statement)) {
                found.add(new RunRows.Row(row.no(), withLater(row, later)));
            }
        }
        return found;
    }

    /** A file that was mended may lack some of them; their numbers are taken all the same. */
    private static Stored withLater(RunRows.Row row, PreparedStatement later) throws SQLException {
        RunRecord record = row.stored().record();
        LogState log = row.stored().log();
        later.setLong(1, row.no());
        later.setLong(2, record.lastSeq());
        later.setLong(3, record.lastSeq() + PendingRun.EVENTS_TO_A_ROW);
        try (ResultSet event = later.executeQuery()) {
            while (event.next()) {
                for (long lost = event.getLong(1) - record.lastSeq() - 1; lost > 0; lost--) {
                    record = record.withEvent(0);
                    log = log.with(EventType.DELTA, 0, record.attempt());
                }
                int bytes = event.getInt(3);
                record = record.withEvent(bytes);
                log = log.with(EventType.ofCode(event.getInt(2)), bytes, record.attempt());
            }
        }
        return new Stored(record, log);
    }

    private static List<RunRows.Row> all(PreparedStatement statement) throws SQLException {
        List<RunRows.Row> found = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(RunRows.read(row));
            }
        }
        return found;
    }
}
