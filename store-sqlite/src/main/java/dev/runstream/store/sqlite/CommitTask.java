package dev.runstream.store.sqlite;

import dev.runstream.core.run.Decision;
import dev.runstream.core.run.LiveRun;
import dev.runstream.core.run.RunRecord;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One step of a run's life. */
final class CommitTask<O> extends WriteTask<O> {
    private final LiveRun run;
    private final Function<RunRecord, Decision<O>> step;
    private @Nullable Decision<O> decision;
    private @Nullable RuntimeException fault;

    CommitTask(LiveRun run, Function<RunRecord, Decision<O>> step) {
        this.run = run;
        this.step = step;
    }

    @Override
    void decide(WriteBatch batch) throws SQLException {
        try {
            Decision<O> decided = step.apply(batch.latest(run));
            batch.add(run, decided);
            decision = decided;
        } catch (RuntimeException stepFault) {
            fault = stepFault;
        }
    }

    LiveRun run() {
        return run;
    }

    @Override
    void stored() {
        if (decision != null) {
            run.publish(decision);
            outcome.complete(decision.outcome());
        } else if (fault != null) {
            outcome.completeExceptionally(fault);
        }
    }
}
