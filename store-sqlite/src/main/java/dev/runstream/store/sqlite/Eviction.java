package dev.runstream.store.sqlite;

import dev.runstream.core.run.RunArchive.Stored;
import java.sql.SQLException;

/**
 * Evicts from a log that is not in memory.
 *
 * <p>A log evicts when the events of a commit become visible, so its row is behind by a commit. Whoever reads the row
 * catches up, so that a restart changes nothing of what is held.
 */
final class Eviction {
    private final Queries queries;
    private final String runId;
    private int[] sizes = {};
    private long sizesFrom;

    private Eviction(Queries queries, String runId) {
        this.queries = queries;
        this.runId = runId;
    }

    /** The run, holding no more than so many bytes of data. */
    static Stored within(long mostBytes, Stored run, Queries queries) throws SQLException {
        Eviction eviction = new Eviction(queries, run.record().runId());
        try {
            return new Stored(run.record(), run.log().evictedTo(mostBytes, eviction::size));
        } catch (Unread fault) {
            throw fault.cause;
        }
    }

    private int size(long seq) {
        if (seq >= sizesFrom + sizes.length) {
            try {
                sizes = queries.sizes(runId, seq);
            } catch (SQLException fault) {
                throw new Unread(fault);
            }
            sizesFrom = seq;
        }
        return sizes[(int) (seq - sizesFrom)];
    }

    /** Carries a fault through the rules, which know of none. */
    private static final class Unread extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SQLException cause;

        Unread(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
