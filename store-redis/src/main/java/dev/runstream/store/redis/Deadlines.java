package dev.runstream.store.redis;

import dev.runstream.core.run.Decision;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what is due by the clock happens to runs, whichever process is there to do it: the end of a grace, of a
 * lease, of a time limit, of the wait for a reader, and of the time that an ended run is kept.
 *
 * <p>Nobody owns a deadline. When a run should be looked at stands in an index that each process asks several times a
 * second; what is due then is computed from the run as it is in Redis at that moment. A process also sets a timer for
 * what it brings about itself, so that it is on time.
 *
 * <p>While no process was there, or Redis was not, workers could not be heard of: each gets its full lease anew.
 *
 * <p>Safe for any thread.
 */
final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long POLL_MILLIS = 500;
    /** After a silence this long a process has been away. */
    private static final long AWAY_MILLIS = 1_000;

    private static final long LOOK_AGAIN_MILLIS = 1_000;
    private static final long STILL_READ_MILLIS = 10_000;
    private static final long RENEW_TOKEN_MILLIS = 120_000;
    /** A run for which nothing is due is looked at so often. */
    private static final long LOOK_ANYWAY_MILLIS = 120_000;
    /** What is listed and not there may be about to be created. */
    private static final long ABOUT_TO_BE_MILLIS = 60_000;

    // immutable
    private final Authority authority;
    private final SharedIndex index;
    private final Commits commits;
    private final RunCopies copies;
    private final RunMachine machine;
    private final RunSettings settings;
    private final InstantSource clock;
    private final Timers timers;

    // shared
    private final Map<String, Armed> armed = new ConcurrentHashMap<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicLong thereSinceMillis = new AtomicLong();
    private final AtomicLong upSinceMillis = new AtomicLong();
    private volatile long lastPollMillis;
    private volatile boolean draining;
    private volatile boolean closed;

    private record Armed(long dueMillis, Timers.Timer timer) {}

    Deadlines(
            Authority authority,
            SharedIndex index,
            Commits commits,
            RunCopies copies,
            RunMachine machine,
            RunSettings settings,
            InstantSource clock,
            Timers timers) {
        this.authority = authority;
        this.index = index;
        this.commits = commits;
        this.copies = copies;
        this.machine = machine;
        this.settings = settings;
        this.clock = clock;
        this.timers = timers;
        lastPollMillis = timers.nowMillis();
        thereSinceMillis.set(clock.millis());
    }

    void start() {
        poll();
    }

    /** Asks at every beat, but not while Redis has not answered yet. */
    private void poll() {
        if (closed) {
            return;
        }
        timers.schedule(POLL_MILLIS, this::poll);
        long now = clock.millis();
        if (timers.nowMillis() - lastPollMillis > AWAY_MILLIS) {
            wasAway(now);
        }
        lastPollMillis = timers.nowMillis();
        if (asking.compareAndSet(false, true)) {
            ask(now);
        }
    }

    private void ask(long now) {
        index.due(now, Math.min(now, thereSinceMillis.get())).whenComplete((due, fault) -> {
            asking.set(false);
            if (fault != null) {
                wasAway(clock.millis());
                logFault("what is due", fault);
                return;
            }
            thereSinceMillis.accumulateAndGet(now, Math::max);
            upSinceMillis.accumulateAndGet(due.upSinceMillis(), Math::max);
            due.runIds().forEach(runId -> look(runId, now, due.againMillis()));
            if (due.isMore() && !closed && asking.compareAndSet(false, true)) {
                ask(clock.millis());
            }
        });
    }

    /** This process, or Redis, was not there: it cannot tell whom it could not hear. */
    private void wasAway(long now) {
        thereSinceMillis.accumulateAndGet(now, Math::max);
        upSinceMillis.accumulateAndGet(now, Math::max);
    }

    private static void logFault(String what, @Nullable Throwable fault) {
        if (fault != null) {
            LOG.debug("{} could not be looked at, and will be again", what, fault);
        }
    }

    /** Something has changed that a run's deadlines depend on. */
    void arm(RunRecord run) {
        if (run.isEnded()) {
            disarm(run.runId());
            return;
        }
        long now = clock.millis();
        armNoLater(
                run.runId(), nextDueMillis(run, new RunMachine.Since(startedMillis(run), stopMillis(run), now, now)));
    }

    private void armNoLater(String runId, long dueMillis) {
        if (dueMillis == Long.MAX_VALUE || closed) {
            return;
        }
        logged(runId, index.deadlineNoLater(runId, dueMillis));
        armed.compute(
                runId,
                (id, before) ->
                        before != null && before.dueMillis <= dueMillis ? before : armed(id, dueMillis, before));
    }

    /** Nothing is due now: a run is looked at when something is, and from time to time anyway. */
    private CompletionStage<Void> armAgain(String runId, long knownMillis, long dueMillis) {
        long soon = clock.millis() + LOOK_ANYWAY_MILLIS;
        if (dueMillis < soon && !closed) {
            armed.compute(runId, (id, before) -> armed(id, dueMillis, before));
        }
        return index.deadlineInsteadOf(runId, knownMillis, Math.min(dueMillis, soon));
    }

    private Armed armed(String runId, long dueMillis, @Nullable Armed before) {
        if (before != null) {
            before.timer.cancel();
        }
        return new Armed(dueMillis, timers.schedule(dueMillis - clock.millis(), () -> fire(runId, dueMillis)));
    }

    private static void logged(String runId, CompletionStage<Void> stage) {
        stage.whenComplete((done, fault) -> logFault("run " + runId, fault));
    }

    private void fire(String runId, long dueMillis) {
        armed.remove(runId);
        if (timers.nowMillis() - lastPollMillis > AWAY_MILLIS) {
            wasAway(clock.millis());
        }
        look(runId, clock.millis(), dueMillis);
    }

    void disarm(String runId) {
        Armed before = armed.remove(runId);
        if (before != null) {
            before.timer.cancel();
        }
    }

    /**
     * Looks at a run as it was at that time, so that what takes long here is held against nobody.
     *
     * @param knownMillis the deadline by which it is looked at
     */
    private void look(String runId, long askedMillis, long knownMillis) {
        if (closed) {
            return;
        }
        authority
                .look(runId, askedMillis)
                .thenCompose(look -> look.isEmpty()
                        ? index.forget(runId, askedMillis - ABOUT_TO_BE_MILLIS, "")
                        : see(look.get(), askedMillis, knownMillis))
                .whenComplete((done, fault) -> {
                    if (fault != null && !closed) {
                        logFault("run " + runId, fault);
                        timers.schedule(LOOK_AGAIN_MILLIS, () -> look(runId, clock.millis(), knownMillis));
                    }
                });
    }

    private CompletionStage<Void> see(Authority.Look look, long askedMillis, long knownMillis) {
        RunRecord run = look.run().record();
        if (run.isEnded()) {
            return seeEnded(look.run(), askedMillis, knownMillis);
        }
        if (run.stop().isRequested()) {
            index.announceStop(run.runId()).whenComplete((done, fault) -> logFault("a cancel token", fault));
        }
        long due = nextDueMillis(run, since(run, look));
        if (due > askedMillis) {
            return armAgain(run.runId(), knownMillis, due);
        }
        return commits.submit(run.runId(), false, (record, now) -> tick(record, look, askedMillis, now))
                .thenCompose(state -> state.isPresent() && !state.get().isEnd()
                        ? lookOn(run.runId(), knownMillis)
                        : CompletableFuture.completedFuture(null));
    }

    /** What comes next was armed with the change that was made; where none was, it is to be looked at again. */
    private CompletionStage<Void> lookOn(String runId, long knownMillis) {
        return armed.containsKey(runId)
                ? CompletableFuture.completedFuture(null)
                : index.deadlineInsteadOf(runId, knownMillis, clock.millis() + LOOK_AGAIN_MILLIS);
    }

    private CompletionStage<Void> seeEnded(StoredRun run, long askedMillis, long knownMillis) {
        long over = run.record().endedAtMillis() + settings.retainEnded().toMillis();
        if (askedMillis < over) {
            return index.deadlineInsteadOf(run.runId(), knownMillis, over);
        }
        return withdrawStop(run.record())
                .thenCompose(
                        withdrawn -> authority.delete(run.runId(), run.record().endedAtMillis(), askedMillis))
                .thenCompose(isGone -> {
                    if (!isGone) {
                        return index.deadlineInsteadOf(run.runId(), knownMillis, askedMillis + STILL_READ_MILLIS);
                    }
                    copies.inMemory(run.runId()).ifPresent(copies::gone);
                    RunSpec spec = run.record().spec();
                    return index.forget(run.runId(), spec.createdAtMillis(), spec.idempotencyKey());
                });
    }

    private CompletionStage<Void> withdrawStop(RunRecord run) {
        return run.stop().isRequested() ? index.withdrawStop(run.runId()) : CompletableFuture.completedFuture(null);
    }

    private Decision<RunState> tick(RunRecord run, Authority.Look look, long askedMillis, long nowMillis) {
        RunMachine.Since since = since(run, look);
        if (askedMillis >= workerLeaseEndMillis(run, since)) {
            return machine.loseWorker(
                    run,
                    look.run().record().attempt(),
                    "the worker has not been heard of for " + settings.lease().toSeconds() + " s",
                    nowMillis);
        }
        return machine.tick(run, since, askedMillis, nowMillis);
    }

    private RunMachine.Since since(RunRecord run, Authority.Look look) {
        long up = upSinceMillis.get();
        boolean alone = run.readerCame() && look.readingNodes() == 0 && !draining;
        long gone = Math.max(look.run().goneMillis(), look.lastReaderMillis());
        return new RunMachine.Since(
                startedMillis(run),
                stopMillis(run),
                Math.max(look.run().heardMillis(), up),
                alone ? Math.max(gone, up) : Long.MAX_VALUE);
    }

    private static long startedMillis(RunRecord run) {
        return run.startedAtMillis() == 0 ? Long.MAX_VALUE : run.startedAtMillis();
    }

    private static long stopMillis(RunRecord run) {
        return run.stop().isRequested() ? run.stop().atMillis() : Long.MAX_VALUE;
    }

    private long nextDueMillis(RunRecord run, RunMachine.Since since) {
        long due = Math.min(machine.nextDueMillis(run, since), workerLeaseEndMillis(run, since));
        boolean renews = run.stop().isRequested();
        return renews ? Math.min(due, clock.millis() + RENEW_TOKEN_MILLIS) : due;
    }

    /** A worker that runs agents of ours renews its lease while it lives. */
    private long workerLeaseEndMillis(RunRecord run, RunMachine.Since since) {
        boolean hasWorker = run.spec().isOfAgent() && !run.state().isWaiting() && !run.isEnded();
        Duration lease = settings.lease();
        return hasWorker ? since.heardOfMillis() + lease.toMillis() : Long.MAX_VALUE;
    }

    /** From now on this process cancels nothing because its last reader has left. */
    void drain() {
        draining = true;
    }

    void close() {
        closed = true;
        armed.values().forEach(each -> each.timer.cancel());
        armed.clear();
    }
}
