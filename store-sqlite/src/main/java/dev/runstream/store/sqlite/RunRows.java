package dev.runstream.store.sqlite;

import dev.runstream.core.log.LogState;
import dev.runstream.core.run.RunArchive.Stored;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.Stop;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a run is laid out over its columns. */
final class RunRows {
    /** All that {@link #read} takes, in its order. */
    static final String SELECT = """
            SELECT run_id, agent, attempts, cancel_on_disconnect, timeout_ms, lease_ms, ifnull(idempotency_key, ''),
                   fingerprint, input_bytes, created_at,
                   state, attempt, started_at, ended_at, stop_reason, stop_at, epoch, last_seq, bytes, producers,
                   reader_came,
                   first_seq, held_bytes, latest_partial_seq, island_seq, island_bytes, attempt_starts,
                   no
            FROM run JOIN progress ON progress.run = run.no
            """;

    private RunRows() {}

    /** A run and the number of its rows. */
    record Row(long no, Stored stored) {}

    static Row read(ResultSet row) throws SQLException {
        Columns from = new Columns(row);
        RunSpec spec = new RunSpec(
                from.text(),
                from.text(),
                (int) from.number(),
                from.flag(),
                from.number(),
                from.number(),
                from.text(),
                from.text(),
                (int) from.number(),
                from.number());
        RunRecord record = new RunRecord(
                spec,
                state(from.text()),
                (int) from.number(),
                from.number(),
                from.number(),
                new Stop(Stop.Reason.valueOf(from.text()), from.number()),
                from.number(),
                from.number(),
                from.number(),
                ProducersColumn.read(from.bytes()),
                from.flag());
        LogState log = new LogState(
                record.epoch(),
                from.number(),
                record.lastSeq(),
                from.number(),
                from.number(),
                from.number(),
                (int) from.number(),
                attemptStarts(from.text()));
        return new Row(from.number(), new Stored(record, log));
    }

    private static RunState state(String name) {
        return RunState.ofWireName(name).orElseThrow(() -> new IllegalStateException("unknown state " + name));
    }

    static String attemptStarts(long[] starts) {
        return Arrays.stream(starts).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    private static long[] attemptStarts(String starts) {
        return Arrays.stream(starts.split(",", -1)).mapToLong(Long::parseLong).toArray();
    }

    /** Whether the columns of {@code run}, and not only those of {@code progress}, tell the two apart. */
    static boolean differ(RunRecord a, RunRecord b) {
        return a.state() != b.state()
                || a.attempt() != b.attempt()
                || a.startedAtMillis() != b.startedAtMillis()
                || a.endedAtMillis() != b.endedAtMillis()
                || !a.stop().equals(b.stop())
                || a.epoch() != b.epoch()
                || a.readerCame() != b.readerCame();
    }

    /** Reads one column after the other. */
    private static final class Columns {
        private final ResultSet row;
        private int last;

        Columns(ResultSet row) {
            this.row = row;
        }

        String text() throws SQLException {
            return row.getString(++last);
        }

        long number() throws SQLException {
            return row.getLong(++last);
        }

        boolean flag() throws SQLException {
            return row.getLong(++last) != 0;
        }

        byte[] bytes() throws SQLException {
            byte[] value = row.getBytes(++last);
            return value == null ? new byte[0] : value;
        }
    }
}
