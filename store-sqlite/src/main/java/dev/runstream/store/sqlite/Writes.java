package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogState;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The statements that change the file, on one connection. Owned by one thread; blocks. */
final class Writes {
    private final Sql begin;
    private final Sql commit;
    private final Sql insertRun;
    private final Sql insertInput;
    private final Sql updateRun;
    private final Sql insertProgress;
    private final Sql updateProgress;
    private final Sql insertEvent;
    private final List<Sql> deleteRun;
    private final Sql insertGarbage;
    private final Sql deleteGarbage;
    private final Sql lowestEvent;
    private final Sql deleteEvents;
    private final Sql beat;
    private final Sql logPages;

    Writes(Connection connection) throws SQLException {
        begin = new Sql(connection, "BEGIN IMMEDIATE");
        commit = new Sql(connection, "COMMIT");
        insertRun = new Sql(
                connection,
                "INSERT INTO run(run_id, agent, attempts, cancel_on_disconnect, timeout_ms, lease_ms,"
                        + " idempotency_key, fingerprint, input_bytes, created_at, state, attempt, started_at, ended_at,"
                        + " stop_reason, stop_at, epoch, reader_came)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING no");
        insertInput = new Sql(connection, "INSERT INTO input(run, json) VALUES (?, ?)");
        updateRun = new Sql(
                connection,
                "UPDATE run SET state = ?, attempt = ?, started_at = ?, ended_at = ?, stop_reason = ?, stop_at = ?,"
                        + " epoch = ?, reader_came = ? WHERE no = ?");
        insertProgress = new Sql(
                connection,
                "INSERT INTO progress(last_seq, bytes, producers, first_seq, held_bytes, latest_partial_seq,"
                        + " island_seq, island_bytes, attempt_starts, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        updateProgress = new Sql(
                connection,
                "UPDATE progress SET last_seq = ?, bytes = ?, producers = ?, first_seq = ?, held_bytes = ?,"
                        + " latest_partial_seq = ?, island_seq = ?, island_bytes = ?, attempt_starts = ?"
                        + " WHERE run = ?");
        insertEvent = new Sql(connection, "INSERT INTO event(run, seq, type, data) VALUES (?, ?, ?, ?)");
        deleteRun = List.of(
                new Sql(connection, "DELETE FROM run WHERE no = ?"),
                new Sql(connection, "DELETE FROM progress WHERE run = ?"),
                new Sql(connection, "DELETE FROM input WHERE run = ?"));
        insertGarbage = new Sql(connection, "INSERT INTO garbage(run, bytes) VALUES (?, ?)");
        deleteGarbage = new Sql(connection, "DELETE FROM garbage WHERE run = ?");
        lowestEvent = new Sql(connection, "SELECT min(seq) FROM event WHERE run = ? AND seq < ? AND seq <> ?");
        deleteEvents = new Sql(connection, "DELETE FROM event WHERE run = ? AND seq >= ? AND seq < ? AND seq <> ?");
        beat = new Sql(connection, "UPDATE session SET beat = beat + 1");
        logPages = new Sql(connection, "PRAGMA wal_checkpoint(NOOP)");
    }

    void begin() throws SQLException {
        begin.run();
    }

    void commit() throws SQLException {
        commit.run();
    }

    /** Writes a new run; the number that its rows go by. */
    long insert(RunRecord run, LogState log, JsonBytes input) throws SQLException {
        RunSpec spec = run.spec();
        insertRun
                .text(spec.runId())
                .text(spec.agent())
                .number(spec.attempts())
                .flag(spec.cancelOnDisconnect())
                .number(spec.timeoutMillis())
                .number(spec.leaseMillis())
                .textOrNull(spec.idempotencyKey())
                .text(spec.fingerprint())
                .number(spec.inputBytes())
                .number(spec.createdAtMillis());
        long no = changing(insertRun, run).answer();
        insertInput.number(no).json(input).run();
        progress(insertProgress, no, run, log);
        return no;
    }

    void updateRun(long no, RunRecord run) throws SQLException {
        changing(updateRun, run).number(no).run();
    }

    private static Sql changing(Sql statement, RunRecord run) throws SQLException {
        return statement
                .text(run.state().wireName())
                .number(run.attempt())
                .number(run.startedAtMillis())
                .number(run.endedAtMillis())
                .text(run.stop().reason().name())
                .number(run.stop().atMillis())
                .number(run.epoch())
                .flag(run.readerCame());
    }

    void updateProgress(long no, RunRecord run, LogState log) throws SQLException {
        progress(updateProgress, no, run, log);
    }

    private static void progress(Sql statement, long no, RunRecord run, LogState log) throws SQLException {
        statement
                .number(run.lastSeq())
                .number(run.bytes())
                .bytes(ProducersColumn.write(run.producers()))
                .number(log.firstSeq())
                .number(log.heldDataBytes())
                .number(log.latestPartialSeq())
                .number(log.islandSeq())
                .number(log.islandDataBytes())
                .text(RunRows.attemptStarts(log.attemptStarts()))
                .number(no)
                .run();
    }

    void insertEvent(long no, long seq, EventType type, JsonBytes data) throws SQLException {
        insertEvent.number(no).number(seq).number(type.code()).json(data).run();
    }

    /** Deletes a run but for its events, which are noted as garbage. */
    void deleteRun(long no, long bytes) throws SQLException {
        for (Sql statement : deleteRun) {
            statement.number(no).run();
        }
        insertGarbage.number(no).number(bytes).run();
    }

    void deleteGarbage(long no) throws SQLException {
        deleteGarbage.number(no).run();
    }

    /** Deletes a run's lowest events below a seq but for one, at most so many; whether any were there. */
    boolean deleteEvents(long no, long belowSeq, long exceptSeq, int most) throws SQLException {
        long lowest = lowestEvent.number(no).number(belowSeq).number(exceptSeq).answer();
        if (lowest == 0) {
            return false;
        }
        deleteEvents
                .number(no)
                .number(lowest)
                .number(Math.min(belowSeq, lowest + most))
                .number(exceptSeq)
                .run();
        return true;
    }

    /** How many pages are in the write-ahead log, since it was last begun anew. */
    long logPages() throws SQLException {
        return logPages.answer(2);
    }

    /** A change that means nothing, to see whether one can be written. */
    void beat() throws SQLException {
        beat.run();
    }
}
