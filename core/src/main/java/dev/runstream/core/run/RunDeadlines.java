package dev.runstream.core.run;

import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/**
 * Sees to it that what is due by the clock happens to the runs in memory. What is due is computed from a run's record
 * each time; a timer only says when to look again.
 *
 * <p>While the process or the archive was away no worker elsewhere could be heard of: each then gets its full lease anew.
 *
 * <p>Safe for any thread.
 */
final class RunDeadlines {
    private static final long BEAT_MILLIS = 250;
    /** A silence of our own this long means that the process was stopped, not that the workers were. */
    private static final long AWAY_MILLIS = 1_000;

    private static final long TRY_AGAIN_MILLIS = 1_000;

    // immutable
    private final RunMachine machine;
    private final RunArchive archive;
    private final LiveRuns live;
    private final InstantSource clock;
    private final Timers timers;

    // shared
    private volatile long lastAwakeMillis;
    private volatile long renewedMillis;
    private volatile boolean archiveWasAway;
    private volatile boolean draining;
    private volatile boolean closed;

    RunDeadlines(RunMachine machine, RunArchive archive, LiveRuns live, InstantSource clock, Timers timers) {
        this.machine = machine;
        this.archive = archive;
        this.live = live;
        this.clock = clock;
        this.timers = timers;
        lastAwakeMillis = timers.nowMillis();
        renewedMillis = lastAwakeMillis;
        timers.schedule(BEAT_MILLIS, this::beat);
    }

    /** Arms a run's next deadline, if it has one; to be called whenever something changed that it depends on. */
    void arm(LiveRun run) {
        long due = machine.nextDueMillis(run.record(), since(run));
        if (due != Long.MAX_VALUE) {
            run.armFor(due, timers.nowMillis(), timers, () -> look(run));
        }
    }

    private RunMachine.Since since(LiveRun run) {
        RunMachine.Since since = run.since(clock.millis(), timers.nowMillis());
        return draining
                ? new RunMachine.Since(
                        since.startedMillis(), since.stopAskedMillis(), since.heardOfMillis(), Long.MAX_VALUE)
                : since;
    }

    /** A deadline may have come. */
    private void look(LiveRun run) {
        run.disarm();
        if (closed) {
            return;
        }
        wakeFromAbsence();
        if (archiveWasAway) {
            lookAgain(run);
        } else if (machine.nextDueMillis(run.record(), since(run)) > timers.nowMillis()) {
            arm(run);
        } else if (run.tryHold()) {
            long asked = timers.nowMillis();
            live.whileHeld(run, held -> archive.commit(held, record -> tick(held, record, asked)))
                    .whenComplete((state, fault) -> {
                        if (fault == null) {
                            arm(run);
                        } else {
                            lookAgain(run);
                        }
                    });
        }
    }

    /** An archive that has kept this waiting has kept workers waiting too, who could not be heard of. */
    private Decision<RunState> tick(LiveRun run, RunRecord record, long askedMillis) {
        if (timers.nowMillis() - Math.max(askedMillis, renewedMillis) > AWAY_MILLIS) {
            renewLeases();
        }
        return machine.tick(record, since(run), timers.nowMillis(), clock.millis());
    }

    private void lookAgain(LiveRun run) {
        long now = timers.nowMillis();
        run.armFor(now + TRY_AGAIN_MILLIS, now, timers, () -> look(run));
    }

    /** Notes that this process is alive. */
    private void beat() {
        if (closed) {
            return;
        }
        timers.schedule(BEAT_MILLIS, this::beat);
        wakeFromAbsence();
        lastAwakeMillis = timers.nowMillis();
    }

    /** From now on no reader's leaving counts. */
    void drain() {
        draining = true;
    }

    private void wakeFromAbsence() {
        long now = timers.nowMillis();
        boolean archiveIsBack = archiveWasAway && archive.health().ready();
        archiveWasAway = !archive.health().ready();
        if (archiveIsBack || now - lastAwakeMillis > AWAY_MILLIS) {
            lastAwakeMillis = now;
            renewLeases();
        }
    }

    /** Each worker elsewhere gets its full lease anew. */
    void renewLeases() {
        long now = timers.nowMillis();
        renewedMillis = now;
        live.forEach(run -> run.heardOf(now));
    }

    void close() {
        closed = true;
    }
}
