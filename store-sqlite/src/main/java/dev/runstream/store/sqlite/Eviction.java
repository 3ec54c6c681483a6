package dev.runstream.store.sqlite;

import dev.runstream.core.log.LogState;
import dev.runstream.core.run.RunArchive.Stored;
import java.sql.SQLException;

/**
 * Evicts from a log that is not in memory, by the rules of {@link dev.runstream.core.log.EventLog}.
 *
 * <p>A log evicts when the events of a commit become visible, so its row is one commit behind. Whoever reads the row
 * catches up, so that a restart changes nothing of what is held.
 */
final class Eviction {
    private final Queries queries;
    private final String runId;
    private long firstSeq;
    private long heldBytes;
    private long islandSeq;
    private int islandBytes;
    private int[] sizes = {};
    private long sizesFrom;

    private Eviction(Queries queries, String runId, LogState log) {
        this.queries = queries;
        this.runId = runId;
        firstSeq = log.firstSeq();
        heldBytes = log.heldDataBytes();
        islandSeq = log.islandSeq();
        islandBytes = log.islandDataBytes();
    }

    /** The run, holding no more than so many bytes of data. */
    static Stored within(long mostBytes, Stored run, Queries queries) throws SQLException {
        LogState log = run.log();
        return log.heldDataBytes() <= mostBytes
                ? run
                : new Stored(run.record(), new Eviction(queries, run.record().runId(), log).within(mostBytes, log));
    }

    private LogState within(long mostBytes, LogState log) throws SQLException {
        while (heldBytes > mostBytes) {
            if (islandSeq != 0 && islandSeq != log.latestPartialSeq()) {
                heldBytes -= islandBytes;
                islandSeq = 0;
                islandBytes = 0;
            } else if (firstSeq >= log.lastSeq()) {
                break;
            } else if (firstSeq == log.latestPartialSeq()) {
                islandSeq = firstSeq;
                islandBytes = size(firstSeq++);
            } else {
                heldBytes -= size(firstSeq++);
            }
        }
        return new LogState(
                log.epoch(),
                firstSeq,
                log.lastSeq(),
                heldBytes,
                log.latestPartialSeq(),
                islandSeq,
                islandBytes,
                log.attemptStarts());
    }

    private int size(long seq) throws SQLException {
        if (seq >= sizesFrom + sizes.length) {
            sizes = queries.sizes(runId, seq);
            sizesFrom = seq;
        }
        return sizes[(int) (seq - sizesFrom)];
    }
}
