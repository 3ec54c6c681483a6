package dev.runstream.store.redis.simulation;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.Slab;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.simulation.Violation;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.store.redis.ModelRun;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A browser with its connection to a gateway: a position, a wake-up, reads as the server's streams do them. It leaves and
 * comes back at any gateway where it was, and at times the last bytes were lost on the way.
 */
final class SimReader implements Actor {
    private final World world;
    private final String runId;

    // the browser's
    private long createdAtMillis;
    private long epoch;
    private long reached;

    // the connection's
    private @Nullable SimProcess gateway;
    private @Nullable CompletableFuture<Optional<FollowedRun>> opening;
    private int movesWhenAsked;
    private long thereWhenAsked;
    private @Nullable FollowedRun followed;
    private FollowedRun.@Nullable Listening listening;
    private @Nullable CompletableFuture<EventPage> fetching;
    private long position;
    private boolean awake;
    private long owed;
    private @Nullable FollowedRun owedBy;

    private boolean finishing;
    private boolean done;

    SimReader(World world, String runId) {
        this.world = world;
        this.runId = runId;
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
    public void step() {
        SimProcess at = gateway;
        if (at == null) {
            come();
        } else if (!at.isAtWork()) {
            if (world.chance.oneIn(10)) {
                abandon(at);
            }
        } else if (opening != null) {
            opened(opening);
        } else if (followed == null) {
            gateway = null;
        } else if (fetching != null) {
            fetched(fetching, followed);
        } else if (followed.isReset() || (!finishing && world.chance.oneIn(60))) {
            leave(followed);
        } else if (awake) {
            read(followed);
        }
    }

    private void come() {
        if (finishing && !world.redis.runs().containsKey(runId)) {
            done = true;
        } else if (finishing || world.chance.oneIn(3)) {
            world.anyAtWork().ifPresent(process -> {
                gateway = process;
                movesWhenAsked = world.moves;
                ModelRun run = world.redis.runs().get(runId);
                thereWhenAsked = run == null ? 0 : run.createdAtMillis();
                opening = process.store.follow(runId).toCompletableFuture();
            });
        }
    }

    private void opened(CompletableFuture<Optional<FollowedRun>> call) {
        if (!call.isDone()) {
            return;
        }
        opening = null;
        Optional<Optional<FollowedRun>> answer = Answers.of(call);
        if (answer.isEmpty()) {
            return;
        }
        ModelRun there = world.redis.runs().get(runId);
        boolean wasThere = there != null && there.createdAtMillis() == thereWhenAsked;
        Violation.unless(
                answer.get().isPresent() || !wasThere || movesWhenAsked < world.moves,
                runId + " is not found, and is there");
        answer.get().ifPresent(this::begin);
    }

    private void begin(FollowedRun run) {
        followed = run;
        run.readerCame();
        listening = run.onChange(() -> awake = true);
        awake = true;
        EventLog log = run.log();
        long created = run.record().spec().createdAtMillis();
        boolean isPast = log.epoch() == epoch && reached > log.lastSeq();
        if (created != createdAtMillis || log.epoch() != epoch || isPast) {
            Violation.unless(
                    created != createdAtMillis || redisHasLost() || world.moves > movesWhenAsked,
                    runId + ": reset from " + epoch + "-" + reached + " to " + log.state()
                            + ", though nothing was lost");
            world.note(runId + ": a reader is reset from " + epoch + "-" + reached + " to " + log.epoch());
            createdAtMillis = created;
            epoch = log.epoch();
            reached = 0;
        }
        position = reached;
    }

    private boolean redisHasLost() {
        ModelRun run = world.redis.runs().get(runId);
        return run == null
                || run.createdAtMillis() != createdAtMillis
                || run.epoch() != epoch
                || run.lastSeq() < reached;
    }

    private void read(FollowedRun run) {
        long before = position;
        LogRead read = run.log().read(before, 1 + world.chance.below(600), this::take);
        switch (read) {
            case LogRead.Slice slice ->
                Violation.unless(slice.lastSeq() == position, "a slice to " + slice.lastSeq() + " at " + position);
            case LogRead.Gap gap -> gap(gap, before);
            case LogRead.Absent absent ->
                fetching = run.fetch(before, 1 + world.chance.below(600)).toCompletableFuture();
            case LogRead.CaughtUp caughtUp -> caughtUp(run);
        }
    }

    private Audit.@Nullable Life life() {
        Audit.Life life = world.audit.life(runId);
        return life != null && life.history.epoch == epoch && life.createdAtMillis() == createdAtMillis ? life : null;
    }

    private void gap(LogRead.Gap gap, long before) {
        Violation.unless(gap.fromSeq() == before + 1 && gap.toSeq() > before, "after " + before + " came " + gap);
        Audit.Life life = life();
        if (life != null && movesWhenAsked == world.moves && gap.toSeq() < life.history.lastSeq()) {
            life.history.missing(gap.fromSeq(), gap.toSeq(), false);
        }
        position = gap.toSeq();
    }

    private void caughtUp(FollowedRun run) {
        awake = false;
        if (!run.record().isEnded() || run.record().lastSeq() != position) {
            return;
        }
        Audit.Life life = life();
        if (life != null && movesWhenAsked == world.moves) {
            Violation.unless(life.history.hasEnded(), "ended for a reader only: " + runId);
            Violation.unless(
                    position == life.history.lastSeq(), "the end at " + position + " of " + life.history.lastSeq());
        }
        reached = position;
        leave(run);
        done = true;
    }

    void noteWhatRedisHas() {
        ModelRun there = world.redis.runs().get(runId);
        SimProcess at = gateway;
        owedBy = followed;
        owed = 0;
        if (there != null && followed != null && at != null && at.isAtWork()) {
            boolean isSame = there.epoch() == epoch && there.createdAtMillis() == createdAtMillis;
            owed = isSame ? there.lastSeq() : 0;
        }
    }

    /** How far it is behind what Redis had when that was noted. */
    long behind() {
        return Objects.equals(followed, owedBy) ? owed - position : 0;
    }

    boolean isIdle() {
        return !awake && fetching == null && opening == null && (followed == null || !followed.isReset());
    }

    private void fetched(CompletableFuture<EventPage> call, FollowedRun run) {
        if (!call.isDone()) {
            return;
        }
        fetching = null;
        Optional<EventPage> page = Answers.of(call);
        if (page.isEmpty()) {
            leave(run);
            return;
        }
        if (page.get().length() > 0) {
            take(page.get().slab(), 0, page.get().length());
        }
        page.get().release();
    }

    private void take(Slab slab, int offset, int length) {
        byte[] bytes = new byte[length];
        slab.read(offset, bytes, 0, length);
        for (SeenEvent event : SeenEvent.parse(bytes)) {
            deliver(event);
        }
    }

    private void deliver(SeenEvent event) {
        Violation.unless(event.seq() == position + 1, "after " + position + " came " + event + " of " + runId);
        Violation.unless(event.id().epoch() == epoch, "under " + epoch + " came " + event);
        position = event.seq();
        world.audit.shown(runId, createdAtMillis, event);
        Audit.Life life = life();
        // What Redis has forgotten meanwhile may be seen until that is found out.
        if (life != null && (movesWhenAsked == world.moves || event.seq() <= life.history.lastSeq())) {
            life.history.delivered(event);
        }
    }

    private void leave(FollowedRun run) {
        reached = world.chance.oneIn(2) ? position : reached;
        if (listening != null) {
            listening.stop();
        }
        run.readerLeft();
        run.close();
        forget();
    }

    private void forget() {
        gateway = null;
        opening = null;
        followed = null;
        listening = null;
        fetching = null;
        awake = false;
    }

    /** The browser goes elsewhere; the gateway sees it when it goes on. */
    private void abandon(SimProcess at) {
        FollowedRun run = followed;
        CompletableFuture<Optional<FollowedRun>> call = opening;
        CompletableFuture<EventPage> page = fetching;
        FollowedRun.Listening ear = listening;
        at.run(() -> {
            if (page != null) {
                page.thenAccept(EventPage::release);
            }
            if (ear != null) {
                ear.stop();
            }
            if (run != null) {
                run.readerLeft();
                run.close();
            }
            if (call != null) {
                call.thenAccept(found -> found.ifPresent(FollowedRun::close));
            }
        });
        forget();
    }

    @Override
    public void died(SimProcess process) {
        if (gateway == process) {
            forget();
        }
    }
}
