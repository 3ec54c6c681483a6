package dev.runstream.store.sqlite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a store, opened for this process alone. */
final class StoreFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFile.class);
    static final String FILE_NAME = "runstream.db";

    private final FolderLock lock;
    private final Connections connections;

    private StoreFile(FolderLock lock, Connections connections) {
        this.lock = lock;
        this.connections = connections;
    }

    /**
     * Opens the file, or makes it where there is none. Blocks.
     *
     * @throws StoreFileException if it may not or cannot be used; then it was left as it is
     */
    static StoreFile open(SqliteSettings settings, InstantSource clock) {
        FolderLock lock = FolderLock.take(settings.dataFolder());
        try {
            Path file = lock.folder().resolve(FILE_NAME);
            if (file.toString().indexOf('?') >= 0) {
                throw new StoreFileException(
                        "The path " + file + " holds a \"?\", which SQLite's driver takes for the start of options."
                                + " Name another folder with --data.");
            }
            FileCheck check = new FileCheck(file, clock);
            check.header();
            Connections connections = new Connections(file, settings.durability());
            prepare(connections, check, new Session(settings, clock));
            return new StoreFile(lock, connections);
        } catch (RuntimeException fault) {
            lock.close();
            throw fault;
        }
    }

    private static void prepare(Connections connections, FileCheck check, Session session) {
        if (Files.exists(connections.file())) {
            // Looked at through a connection that cannot write: a file that is refused stays as it is.
            try (Connection connection = connections.reading()) {
                check.version(connection, Schema.CURRENT);
                if (!check.readThrough(connection)) {
                    LOG.info(
                            "{} is too large to be read through at the start; what was read is sound",
                            connections.file());
                }
                if (check.isCurrent(connection, Schema.CURRENT)) {
                    check.openRuns(connection);
                }
            } catch (SQLException fault) {
                throw check.refusal(fault);
            }
        }
        try (Connection connection = connections.writing()) {
            Schema.CURRENT.bringUpToDate(connection);
            session.begin(connection);
        } catch (SQLException fault) {
            throw check.refusal(fault);
        }
    }

    Connections connections() {
        return connections;
    }

    /** Lets other processes have the folder; to be called when every connection is closed. */
    @Override
    public void close() {
        lock.close();
    }
}
