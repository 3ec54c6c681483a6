package dev.runstream.core.simulation;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.log.Slab;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.CheckedSlabs.CheckedSlab;
import dev.runstream.core.testing.SeenEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A browser and its connection: a position, a wake-up, reads as the server's streams do them, a socket that is at times
 * slow to take what it was given. It leaves and comes back where it was, and at times the last bytes were lost on the way.
 */
final class SimReader implements Actor {
    private final String runId;
    /** What it has had under the epoch that it knows, by seq. */
    private final Map<Long, String> had = new HashMap<>();

    private long createdAtMillis;
    private long epoch;
    private long position;
    /** Up to here each event was delivered or told to be missing, whatever position it reads from. */
    private long accounted;
    /** What of it has reached the browser for sure. */
    private long reached;

    private @Nullable CompletableFuture<Optional<FollowedRun>> opening;
    private @Nullable FollowedRun followed;
    private FollowedRun.@Nullable Listening listening;
    private @Nullable CompletableFuture<EventPage> fetching;
    private final List<Pinned> pinned = new ArrayList<>();
    private boolean awake;
    private boolean finishing;
    private boolean done;

    /** Bytes on their way to the browser, which must stay what they are until the socket has taken them. */
    private record Pinned(CheckedSlab slab, int offset, byte[] bytes) {}

    SimReader(String runId) {
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
    public void step(World world) {
        if (!pinned.isEmpty() && (finishing || world.chance.oneIn(3))) {
            socketTakes(world);
        } else if (opening != null) {
            opened(world);
        } else if (followed == null) {
            come(world);
        } else if (fetching != null) {
            fetched(world);
        } else if (!finishing && world.chance.oneIn(60)) {
            leave(world);
        } else if (awake) {
            read(world);
        }
    }

    private void come(World world) {
        if (!world.hasRun(runId)) {
            done = finishing;
        } else if (finishing || world.chance.oneIn(3)) {
            opening = world.store().follow(runId).toCompletableFuture();
        }
    }

    private void opened(World world) {
        CompletableFuture<Optional<FollowedRun>> call = opening;
        if (call == null || !call.isDone()) {
            return;
        }
        opening = null;
        try {
            call.join().ifPresent(run -> begin(run, world));
        } catch (CompletionException away) {
            Violation.unless(away.getCause() instanceof StoreUnavailableException, "follow failed: " + away.getCause());
        }
    }

    private void begin(FollowedRun run, World world) {
        followed = run;
        run.readerCame();
        listening = run.onChange(() -> awake |= !world.planted(Plant.LOSES_A_WAKE_UP, 20));
        awake = true;
        EventLog log = run.log();
        if (log.epoch() == epoch) {
            Violation.unless(
                    reached <= log.lastSeq(), "had " + epoch + "-" + reached + " of a log up to " + log.state());
        } else {
            // A run that was deleted may have left its name to one that was created by a clock set back.
            boolean isOther = createdAtMillis != run.record().spec().createdAtMillis();
            Violation.unless(isOther || log.epoch() > epoch, "epoch " + log.epoch() + " after " + epoch);
            createdAtMillis = run.record().spec().createdAtMillis();
            epoch = log.epoch();
            had.clear();
            reached = 0;
        }
        accounted = reached;
        position = world.plant == Plant.JOINS_AT_THE_TAIL && reached > 0 ? log.lastSeq() : reached;
    }

    private void read(World world) {
        FollowedRun run = followed;
        if (run == null) {
            return;
        }
        long before = position;
        LogRead read = run.log()
                .read(before, 1 + world.chance.below(600), (slab, offset, length) -> take(slab, offset, length, world));
        switch (read) {
            case LogRead.Slice slice ->
                Violation.unless(slice.lastSeq() == position, "a slice to " + slice.lastSeq() + " at " + position);
            case LogRead.Gap gap -> gap(gap, before, world);
            case LogRead.Absent absent ->
                fetching = run.fetch(before, 1 + world.chance.below(600)).toCompletableFuture();
            case LogRead.CaughtUp caughtUp -> caughtUp(run, world);
        }
    }

    private void gap(LogRead.Gap gap, long before, World world) {
        Violation.unless(
                gap.fromSeq() == before + 1 && gap.toSeq() > before && before == accounted,
                "after " + accounted + " came " + gap);
        for (long seq = gap.fromSeq(); seq <= gap.toSeq(); seq++) {
            Violation.unless(seq > reached, "what was delivered is told to be missing: " + seq);
        }
        world.history(runId).missing(gap.fromSeq(), gap.toSeq(), !world.isStored());
        position = gap.toSeq();
        accounted = position;
    }

    private void caughtUp(FollowedRun run, World world) {
        awake = false;
        if (run.record().isEnded() && run.record().lastSeq() == position) {
            Violation.unless(world.history(runId).hasEnded(), "ended for a reader only");
            Violation.unless(
                    accounted == world.history(runId).lastSeq(),
                    "the end at " + accounted + " of " + world.history(runId).lastSeq());
            close(world);
            done = true;
        }
    }

    private void fetched(World world) {
        CompletableFuture<EventPage> call = fetching;
        if (call == null || !call.isDone()) {
            return;
        }
        fetching = null;
        try {
            EventPage page = call.join();
            if (page.length() > 0) {
                take(page.slab(), 0, page.length(), world);
            }
            page.release();
        } catch (CompletionException away) {
            Violation.unless(away.getCause() instanceof StoreUnavailableException, "fetch failed: " + away.getCause());
            close(world);
        }
    }

    private void take(Slab slab, int offset, int length, World world) {
        byte[] bytes = new byte[length];
        slab.read(offset, bytes, 0, length);
        for (SeenEvent event : SeenEvent.parse(bytes)) {
            deliver(event, world);
        }
        if (world.chance.oneIn(8)) {
            CheckedSlab checked = world.checked(slab);
            checked.pin();
            pinned.add(new Pinned(checked, offset, bytes));
        } else if (pinned.isEmpty()) {
            reached = position;
        }
    }

    private void deliver(SeenEvent event, World world) {
        Violation.unless(event.seq() == accounted + 1, "after " + accounted + " came " + event);
        Violation.unless(event.id().epoch() == epoch, "under " + epoch + " came " + event);
        position = event.seq();
        accounted = position;
        History history = world.history(runId);
        history.delivered(event);
        world.shown(runId, event);
        String before = had.put(event.seq(), event.data());
        Violation.unless(before == null || before.equals(event.data()), "had " + before + " under the id of " + event);
        NewEvent stored = history.event(event.seq());
        FollowedRun run = followed;
        if (stored != null && run != null) {
            int attempt = run.log().attemptAt(event.seq());
            Violation.unless(attempt == stored.attempt(), "attempt " + attempt + " for " + event);
        }
    }

    /** What is pending is written out, and what was written has not changed meanwhile. */
    private void socketTakes(World world) {
        for (Pinned held : pinned) {
            byte[] now = new byte[held.bytes.length];
            held.slab.read(held.offset, now, 0, now.length);
            Violation.unless(java.util.Arrays.equals(now, held.bytes), "bytes changed while a socket wrote them");
            held.slab.unpin();
        }
        pinned.clear();
        if (world.chance.oneIn(2)) {
            reached = position;
        }
    }

    private void leave(World world) {
        if (fetching == null) {
            close(world);
        }
    }

    private void close(World world) {
        socketTakes(world);
        if (listening != null) {
            listening.stop();
        }
        if (followed != null) {
            followed.readerLeft();
            followed.close();
        }
        followed = null;
        listening = null;
        awake = false;
    }

    @Override
    public void crashed(World world) {
        // The memory has gone with the process, whose sockets are reset.
        pinned.clear();
        opening = null;
        followed = null;
        listening = null;
        fetching = null;
        awake = false;
    }
}
