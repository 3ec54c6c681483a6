package dev.runstream.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Refuses files that are damaged, of another program, or of a newer version of this one. Changes nothing. */
final class FileCheck {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    /** A file too large to be read through in this time is taken as it is: SQLite finds the rest when it comes there. */
    private static final Duration BUDGET = Duration.ofSeconds(1);

    /** A page that is checked counts as one step. */
    private static final int STEPS_BETWEEN_LOOKS = 250;

    private final Path file;
    private final InstantSource clock;

    FileCheck(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** To be called before SQLite opens the file: closing a file that SQLite has open would undo SQLite's locks. */
    void header() {
        if (!Files.exists(file)) {
            logWithoutFile();
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(MAGIC.length);
            if (head.length > 0 && !Arrays.equals(head, MAGIC)) {
                throw new StoreFileException(
                        "The file " + file + " is not a database, or its beginning is damaged. " + mending());
            }
        } catch (IOException fault) {
            throw new StoreFileException(
                    "The file " + file + " cannot be read (" + fault.getClass().getSimpleName() + ": "
                            + fault.getMessage()
                            + "). Give this user the right to read and write it, or name another folder with --data.",
                    fault);
        }
    }

    /** SQLite would throw the log away, and with it what was stored last. */
    private void logWithoutFile() {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        try {
            if (Files.exists(log) && Files.size(log) > 0) {
                throw new StoreFileException("The file " + file + " is missing, but its write-ahead log " + log
                        + " is there, with what was stored last. Put the file back beside it; or move the log away and"
                        + " begin with an empty file.");
            }
        } catch (IOException fault) {
            throw new StoreFileException("The file " + log + " cannot be looked at: " + fault.getMessage(), fault);
        }
    }

    /** Whose file it is, and of which version. */
    void version(Connection connection, Schema schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = Schema.version(statement);
            if (version > schema.newestVersion()) {
                throw new StoreFileException(
                        "The file " + file + " was written by a newer Runstream (version " + version
                                + " of its form; this one knows up to " + schema.newestVersion()
                                + "). Start the newer Runstream, or name another folder with --data.");
            }
            if (version < 0) {
                throw damaged("its version is " + version);
            }
            boolean ours = number(statement, "PRAGMA application_id") == Schema.APPLICATION_ID;
            boolean empty = number(statement, "SELECT count(*) FROM sqlite_schema") == 0;
            if (!(ours || (empty && version == 0))) {
                throw new StoreFileException("The file " + file
                        + " is a database of another program. Move it away, or name another folder with --data.");
            }
        }
    }

    /** Whether it has all tables by now; an older or an empty one gets them later. */
    boolean isCurrent(Connection connection, Schema schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return Schema.version(statement) == schema.newestVersion();
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** Reads through the file; false where the budget ended first. */
    boolean readThrough(Connection connection) throws SQLException {
        long deadline = clock.millis() + BUDGET.toMillis();
        ProgressHandler.setHandler(connection, STEPS_BETWEEN_LOOKS, new ProgressHandler() {
            @Override
            protected int progress() {
                return clock.millis() > deadline ? 1 : 0;
            }
        });
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = row.getString(1);
            if (!found.equals("ok")) {
                throw damaged(found);
            }
            return true;
        } catch (SQLiteException fault) {
            if (fault.getResultCode() != SQLiteErrorCode.SQLITE_INTERRUPT) {
                throw fault;
            }
            return false;
        } finally {
            ProgressHandler.clearHandler(connection);
        }
    }

    /** Reads what will be taken up, so that nothing is written to a file in which that cannot be read. */
    void openRuns(Connection connection) throws SQLException {
        try {
            new Queries(connection).unfinished();
        } catch (RuntimeException unreadable) {
            throw damaged("a run in it cannot be read: " + unreadable.getMessage());
        }
    }

    /** What a fault of SQLite while the file was being opened means. */
    StoreFileException refusal(SQLException fault) {
        int code = fault instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
        if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
                || code == SQLiteErrorCode.SQLITE_NOTADB.code
                || isOtherSchema(fault)) {
            return damaged(String.valueOf(fault.getMessage()));
        }
        return new StoreFileException(
                "The file " + file + " cannot be opened (" + fault.getMessage()
                        + "). See that this user may read and write it and its folder, that the disk has room, and that"
                        + " no other program holds it.",
                fault);
    }

    /** A table or column that every file of ours has is not there. */
    private static boolean isOtherSchema(SQLException fault) {
        String message = String.valueOf(fault.getMessage());
        return message.contains("no such table") || message.contains("no such column");
    }

    private StoreFileException damaged(String what) {
        return new StoreFileException("The file " + file + " is damaged (" + what.strip() + "). " + mending());
    }

    private String mending() {
        return "It was left as it is. Put back a copy from before, or save what can be read with: sqlite3 " + file
                + " .recover | sqlite3 recovered.db, and tell the next start that events may be missing, as"
                + " docs/operations.md says under Backup; or move it away together with its -wal file and begin with an"
                + " empty one.";
    }
}
