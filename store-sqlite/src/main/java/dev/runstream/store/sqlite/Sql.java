package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** One prepared statement, given its values from left to right and then run, again and again. Owned by one thread. */
final class Sql {
    private final PreparedStatement statement;
    private int given;

    Sql(Connection connection, String sql) throws SQLException {
        statement = connection.prepareStatement(sql);
    }

    Sql text(String value) throws SQLException {
        statement.setString(++given, value);
        return this;
    }

    Sql textOrNull(String value) throws SQLException {
        return value.isEmpty() ? nothing() : text(value);
    }

    Sql number(long value) throws SQLException {
        statement.setLong(++given, value);
        return this;
    }

    Sql flag(boolean value) throws SQLException {
        return number(value ? 1 : 0);
    }

    Sql json(JsonBytes value) throws SQLException {
        boolean whole = value.length() == value.array().length;
        return bytes(whole ? value.array() : value.toByteArray());
    }

    Sql bytes(byte[] value) throws SQLException {
        statement.setBytes(++given, value);
        return this;
    }

    private Sql nothing() throws SQLException {
        statement.setBytes(++given, null);
        return this;
    }

    /** Runs a change. */
    void run() throws SQLException {
        given = 0;
        statement.execute();
    }

    /** Runs a change or a query that answers one number; 0 where it answers none. */
    long answer() throws SQLException {
        return answer(1);
    }

    /** The number in one column, counted from 1, of the one row that it answers; 0 where it answers none. */
    long answer(int column) throws SQLException {
        given = 0;
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(column) : 0;
        }
    }
}
