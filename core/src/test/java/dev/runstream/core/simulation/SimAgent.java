package dev.runstream.core.simulation;

import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.StoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Gives one run of an agent its attempts, one after the other, while it holds the run; at times an attempt's worker dies,
 * or only seems to.
 */
final class SimAgent implements Actor {
    private final RunSpec run;
    private final String runId;
    private @Nullable CompletableFuture<Optional<FollowedRun>> following;
    private @Nullable FollowedRun held;
    private @Nullable CompletableFuture<Optional<RunRecord>> beginning;
    private @Nullable CompletableFuture<Optional<RunState>> losing;
    private @Nullable SimWorker worker;
    private boolean orphaned;
    private boolean finishing;
    private boolean done;

    /** @param orphaned whether a process that is gone had begun on the run */
    SimAgent(RunSpec run, boolean orphaned) {
        this.run = run;
        this.runId = run.runId();
        this.orphaned = orphaned;
    }

    boolean worksOn(RunSpec asked) {
        return run.equals(asked);
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void finish() {
        finishing = true;
    }

    @Override
    public void step(World world) {
        if (held == null) {
            hold(world);
        } else if (losing != null) {
            lost();
        } else if (orphaned) {
            losing = world.store()
                    .loseWorker(runId, held.record().attempt(), "the process is gone")
                    .toCompletableFuture();
        } else if (worker != null) {
            watch(world);
        } else if (beginning != null) {
            begun(world);
        } else if (finishing || world.chance.oneIn(4)) {
            beginning = world.store().beginAttempt(runId).toCompletableFuture();
        }
    }

    private void hold(World world) {
        CompletableFuture<Optional<FollowedRun>> call = following;
        if (call == null) {
            following = world.store().follow(runId).toCompletableFuture();
        } else if (call.isDone()) {
            following = null;
            try {
                Optional<FollowedRun> found = call.join();
                held = found.filter(there -> there.record().spec().equals(run)).orElse(null);
                if (held == null) {
                    found.ifPresent(FollowedRun::close);
                    done = true;
                }
            } catch (CompletionException away) {
                Violation.unless(
                        away.getCause() instanceof StoreUnavailableException, "follow failed: " + away.getCause());
            }
        }
    }

    private void doneIf(boolean over) {
        if (over && held != null) {
            held.close();
            held = null;
        }
        done = over;
    }

    private void begun(World world) {
        CompletableFuture<Optional<RunRecord>> call = beginning;
        if (call == null || !call.isDone()) {
            return;
        }
        beginning = null;
        try {
            Optional<RunRecord> begun = call.join();
            if (begun.isPresent()) {
                SimWorker begins =
                        new SimWorker(run, Producer.AGENT, begun.get().attempt(), true);
                worker = begins;
                world.add(begins);
            } else {
                doneIf(world.history(runId).hasEnded());
            }
        } catch (CompletionException away) {
            Violation.unless(away.getCause() instanceof StoreUnavailableException, "begin failed: " + away.getCause());
        }
    }

    private void watch(World world) {
        SimWorker at = worker;
        if (at == null || at.isDone()) {
            worker = null;
            boolean ended = world.history(runId).hasEnded();
            orphaned = !ended;
            doneIf(ended);
        } else if (!finishing && world.chance.oneIn(60)) {
            // The worker is given up; whether it is dead or only slow is its own business.
            worker = null;
            orphaned = true;
            if (world.chance.oneIn(2)) {
                world.remove(at);
            }
        }
    }

    private void lost() {
        CompletableFuture<Optional<RunState>> call = losing;
        if (call == null || !call.isDone()) {
            return;
        }
        losing = null;
        try {
            Optional<RunState> state = call.join();
            orphaned = false;
            doneIf(state.isEmpty() || state.get().isEnd());
        } catch (CompletionException away) {
            Violation.unless(away.getCause() instanceof StoreUnavailableException, "lose failed: " + away.getCause());
        }
    }

    @Override
    public void crashed(World world) {
        following = null;
        held = null;
        beginning = null;
        losing = null;
        if (worker != null) {
            world.remove(worker);
        }
        worker = null;
        orphaned = true;
    }
}
