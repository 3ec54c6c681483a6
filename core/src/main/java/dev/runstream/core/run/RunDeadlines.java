package dev.runstream.core.run;

import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/**
 * Sees to it that what is due by the clock happens to the runs in memory. What is due is computed from a run's record
 * each time; a timer only says when to look again.
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
    private final long disconnectGraceMillis;
    private final InstantSource clock;
    private final Timers timers;

    // shared
    private volatile long lastAwakeMillis;
    private volatile boolean draining;
    private volatile boolean closed;

    RunDeadlines(
            RunMachine machine,
            RunArchive archive,
            LiveRuns live,
            RunSettings settings,
            InstantSource clock,
            Timers timers) {
        this.machine = machine;
        this.archive = archive;
        this.live = live;
        this.disconnectGraceMillis = settings.disconnectGrace().toMillis();
        this.clock = clock;
        this.timers = timers;
        lastAwakeMillis = clock.millis();
        timers.schedule(BEAT_MILLIS, this::beat);
    }

    /** Arms a run's next deadline, if it has one; to be called whenever something changed that it depends on. */
    void arm(LiveRun run) {
        long due = machine.nextDueMillis(run.record(), dueTimes(run));
        if (due != Long.MAX_VALUE) {
            run.armFor(due, clock.millis(), timers, () -> look(run));
        }
    }

    private RunMachine.DueTimes dueTimes(LiveRun run) {
        RunMachine.DueTimes due = run.dueTimes(disconnectGraceMillis);
        return draining ? new RunMachine.DueTimes(due.leaseEndMillis(), Long.MAX_VALUE) : due;
    }

    /** A deadline may have come. */
    private void look(LiveRun run) {
        run.disarm();
        if (closed) {
            return;
        }
        wakeFromAbsence();
        if (machine.nextDueMillis(run.record(), dueTimes(run)) > clock.millis()) {
            arm(run);
            return;
        }
        if (!run.tryHold()) {
            return;
        }
        live.whileHeld(
                        run,
                        held -> archive.commit(held, record -> machine.tick(record, dueTimes(held), clock.millis())))
                .whenComplete((state, fault) -> {
                    if (fault == null) {
                        arm(run);
                    } else {
                        run.armFor(clock.millis() + TRY_AGAIN_MILLIS, clock.millis(), timers, () -> look(run));
                    }
                });
    }

    /** Notes that this process is alive. */
    private void beat() {
        if (closed) {
            return;
        }
        timers.schedule(BEAT_MILLIS, this::beat);
        wakeFromAbsence();
        lastAwakeMillis = clock.millis();
    }

    /** From now on no reader's leaving counts. */
    void drain() {
        draining = true;
    }

    /** After this process was away, each worker elsewhere gets its full lease anew. */
    private void wakeFromAbsence() {
        long now = clock.millis();
        if (now - lastAwakeMillis > AWAY_MILLIS) {
            lastAwakeMillis = now;
            live.forEach(run -> run.heardOf(now));
        }
    }

    void close() {
        closed = true;
    }
}
