package dev.runstream.store.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, as the list of steps that lead from an empty file to the newest form. {@code user_version} says how many
 * of them a file has seen; a step that was ever released is never changed.
 *
 * <p>What changes with every event ({@code progress}) lies apart from what changes a few times in a run's life ({@code
 * run}), so that a commit rewrites few pages; of an open run {@code progress} may be a few events behind, which tell the
 * rest. Rows of events are in append order; the seq of a run is found by an index. Events hold no epoch, since a crash of
 * the machine gives a run another.
 */
final class Schema {
    /** "RUNS": tells our files from other programs' databases. */
    static final int APPLICATION_ID = 0x52554e53;

    private static final String FIRST = """
            CREATE TABLE session(
              one INTEGER PRIMARY KEY CHECK(one = 1),
              boot_id TEXT NOT NULL,
              durability TEXT NOT NULL,
              clean INTEGER NOT NULL,
              beat INTEGER NOT NULL DEFAULT 0
            );
            CREATE TABLE run(
              no INTEGER PRIMARY KEY AUTOINCREMENT,
              run_id TEXT NOT NULL UNIQUE,
              agent TEXT NOT NULL,
              state TEXT NOT NULL,
              attempt INTEGER NOT NULL,
              attempts INTEGER NOT NULL,
              created_at INTEGER NOT NULL,
              started_at INTEGER NOT NULL,
              ended_at INTEGER NOT NULL,
              stop_reason TEXT NOT NULL,
              stop_at INTEGER NOT NULL,
              epoch INTEGER NOT NULL,
              cancel_on_disconnect INTEGER NOT NULL,
              reader_came INTEGER NOT NULL,
              timeout_ms INTEGER NOT NULL,
              lease_ms INTEGER NOT NULL,
              idempotency_key TEXT,
              fingerprint TEXT NOT NULL,
              input_bytes INTEGER NOT NULL
            );
            CREATE UNIQUE INDEX run_by_key ON run(idempotency_key) WHERE idempotency_key IS NOT NULL;
            CREATE INDEX run_by_place ON run(created_at DESC, run_id);
            CREATE INDEX run_by_state ON run(state, created_at DESC, run_id);
            CREATE INDEX run_by_agent ON run(agent, created_at DESC, run_id);
            CREATE INDEX run_by_end ON run(ended_at) WHERE ended_at > 0;
            CREATE TABLE input(run INTEGER PRIMARY KEY, json BLOB NOT NULL);
            CREATE TABLE progress(
              run INTEGER PRIMARY KEY,
              last_seq INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              first_seq INTEGER NOT NULL,
              held_bytes INTEGER NOT NULL,
              latest_partial_seq INTEGER NOT NULL,
              island_seq INTEGER NOT NULL,
              island_bytes INTEGER NOT NULL,
              attempt_starts TEXT NOT NULL,
              producers BLOB
            );
            CREATE TABLE event(
              id INTEGER PRIMARY KEY,
              run INTEGER NOT NULL,
              seq INTEGER NOT NULL,
              type INTEGER NOT NULL,
              data BLOB NOT NULL
            );
            CREATE UNIQUE INDEX event_by_seq ON event(run, seq);
            CREATE TABLE garbage(run INTEGER PRIMARY KEY, bytes INTEGER NOT NULL)
            """;

    /** Changes no table, but what {@code progress} means: a version before would take it at its word and use seqs twice. */
    private static final String PROGRESS_BEHIND = "SELECT 1";

    static final Schema CURRENT = new Schema(List.of(FIRST, PROGRESS_BEHIND));

    private final List<String> steps;

    /** @param steps each some statements parted by semicolons */
    Schema(List<String> steps) {
        this.steps = List.copyOf(steps);
    }

    int newestVersion() {
        return steps.size();
    }

    /** Takes the steps that the file has not seen, each as a whole or not at all. */
    void bringUpToDate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int version = version(statement); version < steps.size(); version++) {
                statement.execute("BEGIN IMMEDIATE");
                try {
                    for (String sql : steps.get(version).split(";", -1)) {
                        statement.execute(sql);
                    }
                    statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                    statement.execute("PRAGMA user_version = " + (version + 1));
                    statement.execute("COMMIT");
                } catch (SQLException fault) {
                    statement.execute("ROLLBACK");
                    throw fault;
                }
            }
        }
    }

    static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }
}
