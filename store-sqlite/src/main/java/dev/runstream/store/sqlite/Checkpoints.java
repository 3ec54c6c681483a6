package dev.runstream.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the write-ahead log small: when it has grown, it is brought into the database and begun anew.
 *
 * <p>SQLite by itself begins the log anew only at a moment when no reader uses it, and with readers that are always busy
 * such a moment may never come. So our readers, whose queries are short, are held off while it is done.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    static final long MOST_LOG_BYTES = 16L * 1024 * 1024;
    private static final int MOST_SHARE_OF_DISK = 4;
    /** A page of SQLite's usual size, and what stands before it in the log. */
    private static final int PAGE_BYTES = 4096 + 24;

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
    void afterCommit(WriteSide side) {
        try {
            long usedBytes = side.writes().logPages() * PAGE_BYTES;
            if (usedBytes >= nextAtBytes) {
                nextAtBytes = checkpoint(side.connection()) ? atBytes : usedBytes + atBytes;
            }
        } catch (SQLException fault) {
            LOG.debug("what the write-ahead log holds cannot be told", fault);
        }
    }

    /**
     * Brings the log into the database; whether it begins anew with the next commit. Its file is not cut but written over,
     * so that the disk and the page cache need not find room for it again; only one that grew far too large is cut.
     */
    private boolean checkpoint(Connection writing) {
        String mode = logBytes() > 2 * atBytes ? "TRUNCATE" : "RESTART";
        readers.writeLock().lock();
        try (Statement statement = writing.createStatement();
                ResultSet busy = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            return busy.next() && busy.getInt(1) == 0;
        } catch (SQLException later) {
            LOG.debug("the write-ahead log could not be emptied", later);
            return false;
        } finally {
            readers.writeLock().unlock();
        }
    }
}
