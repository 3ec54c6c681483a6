package dev.runstream.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the write-ahead log small: when it has grown, it is written into the database and cut.
 *
 * <p>SQLite by itself begins the log anew only at a moment when no reader uses it, and with readers that are always busy
 * such a moment may never come. So our readers, whose queries are short, are held off while it is done.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    static final long MOST_LOG_BYTES = 16L * 1024 * 1024;
    private static final int MOST_SHARE_OF_DISK = 4;

    private final Path log;
    private final long atBytes;
    private final ReadWriteLock readers = new ReentrantReadWriteLock(true);

    // writer only
    private long nextAtBytes;

    /** @param maxDiskBytes what file and log may take together */
    Checkpoints(Path file, long maxDiskBytes) {
        log = file.resolveSibling(file.getFileName() + "-wal");
        atBytes = Math.min(MOST_LOG_BYTES, maxDiskBytes / MOST_SHARE_OF_DISK);
        nextAtBytes = atBytes;
    }

    /** Holds off checkpoints; to be held for one query. */
    Lock readers() {
        return readers.readLock();
    }

    /** How large the log is. */
    long logBytes() {
        try {
            return Files.size(log);
        } catch (IOException notThere) {
            return 0;
        }
    }

    /** To be called after commits. A checkpoint that does not work now is no fault: the log just grows on. */
    void afterCommit(Connection writing) {
        long bytes = logBytes();
        if (bytes < nextAtBytes) {
            return;
        }
        readers.writeLock().lock();
        try (Statement statement = writing.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException later) {
            LOG.debug("the write-ahead log could not be emptied", later);
        } finally {
            readers.writeLock().unlock();
        }
        nextAtBytes = logBytes() + atBytes;
    }
}
