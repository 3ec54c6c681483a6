package dev.runstream.store.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps the file within its limit: near it the oldest ended runs go, and past it no new run comes. Appends are not asked:
 * a run that has begun goes on for as long as the disk itself has room. Writer only.
 *
 * <p>Pages of the file that are free again count as room, and so do those of deleted runs that are still to be swept.
 * Runs go with the housekeeping, every second, and a little before the limit is reached, so that a new run finds room.
 */
final class DiskRoom {
    private static final int HEADROOM_SHARE = 16;
    private static final long MOST_HEADROOM_BYTES = 256L * 1024 * 1024;

    private final long limitBytes;
    private final Sweeper sweeper;
    private final Checkpoints checkpoints;

    DiskRoom(long limitBytes, Sweeper sweeper, Checkpoints checkpoints) {
        this.limitBytes = limitBytes;
        this.sweeper = sweeper;
        this.checkpoints = checkpoints;
    }

    /** Says why there is no room for a new run, if there is none. */
    Optional<String> whyNoRoom(WriteBatch batch, long newBytes) throws SQLException {
        return used(batch) + newBytes <= limitBytes
                ? Optional.empty()
                : Optional.of("the store's file has grown to the " + limitBytes / (1024 * 1024)
                        + " MB that --max-disk allows, and no ended run is left that could go");
    }

    /** Deletes ended runs, oldest end first, until there is some headroom or no other may go; the runs deleted. */
    List<String> makeHeadroom(WriteBatch batch, Predicate<String> mayGo) throws SQLException {
        long headroom = Math.min(limitBytes / HEADROOM_SHARE, MOST_HEADROOM_BYTES);
        long[] tooMuch = {used(batch) + headroom - limitBytes};
        List<String> gone = new ArrayList<>();
        if (tooMuch[0] > 0) {
            batch.queries().visitEnded(Long.MAX_VALUE, run -> {
                if (!batch.deletes(run.runId()) && mayGo.test(run.runId())) {
                    batch.delete(run);
                    gone.add(run.runId());
                    tooMuch[0] -= run.bytes();
                }
                return tooMuch[0] > 0;
            });
        }
        return gone;
    }

    private long used(WriteBatch batch) throws SQLException {
        return batch.usedBytesBefore() + batch.plannedBytes() + checkpoints.logBytes() - sweeper.pendingBytes();
    }
}
