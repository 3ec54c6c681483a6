package dev.runstream.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/** Opens connections to the store's file, all set up alike. */
final class Connections {
    /** Only a person with a tool of their own can be in the way; not for long, since every caller waits. */
    private static final int BUSY_TIMEOUT_MILLIS = 500;

    private static final int CACHE_KIB = 16 * 1024;

    private final Path file;
    private final Durability durability;

    Connections(Path file, Durability durability) {
        this.file = file;
        this.durability = durability;
    }

    Path file() {
        return file;
    }

    /** One that may write. Checkpoints are the {@link Checkpoints}' to make. */
    Connection writing() throws SQLException {
        Connection connection = open(new SQLiteConfig());
        try (Statement statement = connection.createStatement()) {
            // Only a new file heeds the first one, and only before anything else is written.
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA wal_autocheckpoint = 0");
            statement.execute("PRAGMA cache_size = -" + CACHE_KIB);
            statement.execute("PRAGMA fullfsync = " + (durability == Durability.FSYNC));
            statement.execute("PRAGMA checkpoint_fullfsync = true");
            synchronous(statement, durability);
            return connection;
        } catch (SQLException fault) {
            connection.close();
            throw fault;
        }
    }

    static void synchronous(Statement statement, Durability durability) throws SQLException {
        statement.execute("PRAGMA synchronous = " + durability.synchronous());
    }

    Connection reading() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        return open(config);
    }

    private Connection open(SQLiteConfig config) throws SQLException {
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        // Nobody asks for them; the driver would with each statement.
        config.setGetGeneratedKeys(false);
        return config.createConnection("jdbc:sqlite:" + file);
    }
}
