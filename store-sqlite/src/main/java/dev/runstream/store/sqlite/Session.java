package dev.runstream.store.sqlite;

import dev.runstream.core.run.RunRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;

/**
 * The mark in the file by which the next start tells what the last one came to: a clean stop, the death of the process,
 * or a crash of the machine, which alone can have lost what was committed.
 *
 * <p>The mark is forced to the disk before anything else is written. So after a crash of the machine, runs that were open
 * may have had events that readers saw and the file has not; they go on under a greater epoch, and no id means two
 * things.
 */
final class Session {
    private final SqliteSettings settings;
    private final InstantSource clock;

    Session(SqliteSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Begins a session, giving open runs a new epoch if the last one may have lost something. */
    void begin(Connection connection) throws SQLException {
        String boot = settings.bootId().current();
        try (Statement statement = connection.createStatement()) {
            Connections.synchronous(statement, Durability.FSYNC);
            Writes writes = new Writes(connection);
            writes.begin();
            if (mayHaveLost(statement, boot)) {
                renewEpochs(connection, writes);
            }
            new Sql(connection, "REPLACE INTO session(one, boot_id, durability, clean) VALUES (1, ?, ?, 0)")
                    .text(boot)
                    .text(settings.durability().name())
                    .run();
            writes.commit();
            Connections.synchronous(statement, settings.durability());
        }
    }

    private static boolean mayHaveLost(Statement statement, String boot) throws SQLException {
        try (ResultSet last = statement.executeQuery("SELECT boot_id, durability, clean FROM session")) {
            return last.next()
                    && !last.getBoolean(3)
                    && last.getString(2).equals(Durability.OS.name())
                    && (boot.isEmpty() || !boot.equals(last.getString(1)));
        }
    }

    private void renewEpochs(Connection connection, Writes writes) throws SQLException {
        for (RunRows.Row row : new Queries(connection).unfinished()) {
            RunRecord run = row.stored().record();
            RunRecord renewed = run.underEpoch(Math.max(clock.millis(), run.epoch() + 1));
            writes.updateRun(row.no(), renewed);
            writes.updateProgress(row.no(), renewed, row.stored().log());
        }
    }

    /** Marks a clean stop; what was written before it is on the disk when this returns. */
    static void end(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Connections.synchronous(statement, Durability.FSYNC);
            statement.execute("UPDATE session SET clean = 1");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
