package dev.runstream.store.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The one connection that writes, with its statements. Writer only. */
final class WriteSide implements AutoCloseable {
    private final Connection connection;
    private final Queries queries;
    private final Writes writes;
    private final RunSlots slots;

    private WriteSide(Connection connection) throws SQLException {
        this.connection = connection;
        queries = new Queries(connection);
        writes = new Writes(connection);
        slots = new RunSlots(queries);
    }

    static WriteSide open(Connections connections) throws SQLException {
        Connection connection = connections.writing();
        try {
            return new WriteSide(connection);
        } catch (SQLException fault) {
            connection.close();
            throw fault;
        }
    }

    Connection connection() {
        return connection;
    }

    Queries queries() {
        return queries;
    }

    Writes writes() {
        return writes;
    }

    RunSlots slots() {
        return slots;
    }

    /** Undoes what has not been committed; some faults have made SQLite do so already. */
    void rollBackIfBegun() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException fault) {
            if (!String.valueOf(fault.getMessage()).contains("no transaction is active")) {
                throw fault;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
