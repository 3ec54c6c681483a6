package dev.runstream.store.redis.simulation;

import dev.runstream.core.log.EventType;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.simulation.History;
import dev.runstream.core.simulation.Violation;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.store.redis.ModelRun;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at what Redis has after each thing that it did, and at what readers are shown. */
final class Audit {
    /** Clocks of processes differ, and a loss that was decided on may be stored late. */
    private static final long SLACK_MILLIS = 100;

    private static final long DECIDED_LATE_MILLIS = 60_000;

    private final World world;
    private final Map<String, Life> lives = new TreeMap<>();
    /** The bytes under each id that a reader was ever shown. */
    private final Map<String, String> shown = new HashMap<>();

    /** What is known of one run under one epoch. */
    static final class Life {
        final History history;
        final int begunAfterMoves;
        boolean cancelAnswered;
        private final Set<String> once = new HashSet<>();
        private long changes = -1;
        private int attempt;
        private long heardMillis;
        private long lapsedAtMillis = Long.MIN_VALUE / 2;

        Life(History history, int begunAfterMoves) {
            this.history = history;
            this.begunAfterMoves = begunAfterMoves;
        }

        long createdAtMillis() {
            return history.spec.createdAtMillis();
        }
    }

    Audit(World world) {
        this.world = world;
    }

    @Nullable
    Life life(String runId) {
        return lives.get(runId);
    }

    /** Whether the run of this name is this one, and no other of its name. */
    boolean isOf(RunSpec spec) {
        Life life = lives.get(spec.runId());
        ModelRun run = world.redis.runs().get(spec.runId());
        return life != null && run != null && life.createdAtMillis() == spec.createdAtMillis();
    }

    /** Redis may have forgotten something: what is left is where lives go on from. */
    void forgot() {
        lives.clear();
        observe();
    }

    void observe() {
        world.redis.runs().forEach((runId, run) -> {
            Life life = lives.get(runId);
            if (life == null || isAnother(life, run)) {
                life = begin(runId, run, life);
            }
            if (life.changes != run.changes()) {
                takeIn(runId, life, run);
                life.changes = run.changes();
            }
            hear(life, run);
            lookForToken(runId, life);
            lookForEntry(runId, life, run);
        });
    }

    private static boolean isAnother(Life life, ModelRun run) {
        return life.history.epoch != run.epoch() || life.createdAtMillis() != run.createdAtMillis();
    }

    private Life begin(String runId, ModelRun run, @Nullable Life before) {
        RunSpec spec = run.record().spec();
        boolean isSame = before != null && before.createdAtMillis() == run.createdAtMillis();
        Violation.unless(!isSame || world.moves > 0, "the log of " + runId + " was made anew, though nothing was lost");
        boolean forgetful = isSame || world.forgotten > 0;
        History history = new History(spec, run.epoch(), forgetful, 0);
        // Leases are looked at here.
        history.heardOfMillis = Long.MIN_VALUE / 2;
        Life life = new Life(history, world.moves);
        if (before != null && isSame && before.cancelAnswered) {
            cancelled(life);
        }
        life.attempt = run.attempt();
        life.heardMillis = run.heardMillis();
        if (!isSame) {
            oneRunOfAKey(runId, spec);
        }
        lives.put(runId, life);
        world.note("there is " + runId + " under " + run.epoch() + " up to " + run.lastSeq());
        return life;
    }

    /** Whether it is kept for no other reason than that somebody reads it. */
    private boolean isOver(RunRecord run) {
        long retained = world.settings.retainEnded().toMillis();
        return run.isEnded() && run.endedAtMillis() + retained <= world.redis.nowMillis();
    }

    private void oneRunOfAKey(String runId, RunSpec spec) {
        if (spec.idempotencyKey().isEmpty() || world.forgotten > 0) {
            return;
        }
        world.redis
                .runs()
                .forEach((otherId, other) -> Violation.unless(
                        otherId.equals(runId)
                                || isOver(other.record())
                                || !other.record().spec().idempotencyKey().equals(spec.idempotencyKey()),
                        "two runs of the key " + spec.idempotencyKey() + ": " + runId + " and " + otherId));
    }

    private void takeIn(String runId, Life life, ModelRun run) {
        Violation.unless(
                run.lastSeq() >= life.history.lastSeq(),
                runId + " goes back from " + life.history.lastSeq() + " to " + run.lastSeq());
        for (long seq = life.history.lastSeq() + 1; seq <= run.lastSeq(); seq++) {
            NewEvent event = run.written().get(seq);
            if (event == null) {
                throw new Violation("no event " + seq + " of " + runId);
            }
            world.note("stored " + runId + " " + run.epoch() + "-" + seq + " " + event);
            life.history.add(event, world.time.nowMillis());
            storedOnce(life, event);
            rightlyLost(life, event, run);
        }
        String state = life.history.state().wireName();
        Violation.unless(state.equals(run.state()), "its events say " + state + " of " + runId + " " + run.state());
    }

    /** What is not numbered is never sent again by who made it. */
    private static void storedOnce(Life life, NewEvent event) {
        String tag = History.member(event, "u");
        Violation.unless(tag.isEmpty() || life.once.add(tag), "stored twice: " + event);
    }

    private void rightlyLost(Life life, NewEvent event, ModelRun run) {
        boolean isLoss = History.member(event, "code").equals("worker-lost")
                || (event.type() == EventType.STATUS
                        && History.member(event, "state").equals("retrying")
                        && History.member(event, "w").isEmpty());
        boolean isOld = life.changes < 0 || life.begunAfterMoves < world.moves;
        if (!isLoss || isOld || History.member(event, "message").contains("was stopped")) {
            return;
        }
        RunSpec spec = life.history.spec;
        long lease =
                spec.isExternal() ? spec.leaseMillis() : world.settings.lease().toMillis();
        long now = world.time.nowMillis();
        long silence = now - Math.max(life.heardMillis, world.backMillis - 6_000);
        Violation.unless(
                silence >= lease - SLACK_MILLIS || now - life.lapsedAtMillis < DECIDED_LATE_MILLIS,
                "lost after a silence of " + silence + " ms of " + lease + ": " + event + " at attempt " + run.attempt()
                        + " of " + spec.runId());
    }

    private void hear(Life life, ModelRun run) {
        long heard = run.heardMillis();
        if (run.attempt() != life.attempt) {
            life.attempt = run.attempt();
            life.lapsedAtMillis = Long.MIN_VALUE / 2;
        } else if (heard > life.heardMillis) {
            RunSpec spec = life.history.spec;
            long lease = spec.isExternal()
                    ? spec.leaseMillis()
                    : world.settings.lease().toMillis();
            if (world.time.nowMillis() - life.heardMillis >= lease - SLACK_MILLIS) {
                life.lapsedAtMillis = world.time.nowMillis();
            }
        }
        life.heardMillis = heard;
    }

    private void lookForToken(String runId, Life life) {
        boolean isWanted = life.cancelAnswered && !life.history.hasEnded() && world.forgotten == 0;
        Violation.unless(
                !isWanted || world.redis.index().hasToken(runId),
                "no token of " + runId + ", whose cancel was answered");
    }

    private void lookForEntry(String runId, Life life, ModelRun run) {
        boolean isWanted = run.state().equals("queued") && !run.queueEntry().isEmpty() && world.forgotten == 0;
        Violation.unless(
                !isWanted || world.redis.queues().has(life.history.spec.agent(), run.queueEntry()),
                runId + " waits, and is in no line");
    }

    /** A cancel was answered by which this run is to end. */
    void cancelled(Life life) {
        life.cancelAnswered = true;
        life.history.cancelAnswered();
    }

    /** A reader saw an event: its id never means anything else from now on. */
    void shown(String runId, long createdAtMillis, SeenEvent event) {
        String text = event.type() + " " + event.data();
        String before = shown.putIfAbsent(runId + " " + createdAtMillis + " " + event.id(), text);
        Violation.unless(
                before == null || before.equals(text),
                "the id of " + event + " of " + runId + " was shown as " + before);
    }
}
