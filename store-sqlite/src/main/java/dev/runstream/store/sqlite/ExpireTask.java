package dev.runstream.store.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The deletion of runs that ended long ago, and of others where the file has no more room for them. */
final class ExpireTask extends WriteTask<List<String>> {
    private final long endedBeforeMillis;
    private final int most;
    private final Predicate<String> mayGo;
    private final DiskRoom disk;
    private final List<String> gone = new ArrayList<>();

    ExpireTask(long endedBeforeMillis, int most, Predicate<String> mayGo, DiskRoom disk) {
        this.endedBeforeMillis = endedBeforeMillis;
        this.most = most;
        this.mayGo = mayGo;
        this.disk = disk;
    }

    @Override
    void decide(WriteBatch batch) throws SQLException {
        batch.queries().visitEnded(endedBeforeMillis, run -> {
            if (!batch.deletes(run.runId()) && mayGo.test(run.runId())) {
                batch.delete(run);
                gone.add(run.runId());
            }
            return gone.size() < most;
        });
        gone.addAll(disk.makeHeadroom(batch, mayGo));
    }

    /** Runs that were found to be free to go are no longer asked. */
    @Override
    boolean canBeDecidedAgain() {
        return false;
    }

    @Override
    void stored() {
        outcome.complete(gone);
    }
}
