package dev.runstream.core.simulation;

import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AppendResult.Refusal;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run's events: a worker elsewhere, or an agent's attempt. It numbers them, sends a batch again whose fate it does
 * not know, at times twice at once, and now and then something that is refused.
 */
final class SimWorker implements Actor {
    private final RunSpec run;
    private final String runId;
    private final String producer;
    private final boolean numbered;
    private long epoch;
    private long nextNumber;

    private List<EventDraft> batch = List.of();
    private int good;
    private final List<CompletableFuture<AppendResult>> calls = new ArrayList<>();
    private boolean done;
    private boolean finishing;
    private boolean told;

    SimWorker(RunSpec run, String producer, long epoch, boolean numbered) {
        this.run = run;
        this.runId = run.runId();
        this.producer = producer;
        this.epoch = epoch;
        this.numbered = numbered;
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
        Chance chance = world.chance;
        if (!world.isOf(run)) {
            // Deleted, and perhaps another has its name by now.
            done = true;
        } else if (!calls.isEmpty()) {
            answered(world);
        } else if (batch.isEmpty()) {
            if (!finishing && chance.oneIn(40)) {
                startAnew(world);
                return;
            }
            makeBatch(world);
            send(world);
        } else {
            send(world);
        }
    }

    /** Whoever takes its place shuts it out; at times it goes on all the same. */
    private void startAnew(World world) {
        if (world.chance.oneIn(2) && numbered && !producer.equals(Producer.AGENT)) {
            world.add(new SimWorker(run, producer, world.newEpoch(), true));
        } else if (!producer.equals(Producer.AGENT)) {
            epoch = world.newEpoch();
            nextNumber = 0;
        }
    }

    private void makeBatch(World world) {
        Chance chance = world.chance;
        List<EventDraft> drafts = new ArrayList<>();
        good = 0;
        boolean refused = false;
        int count = finishing ? 1 : chance.below(5);
        for (int i = 0; i < count; i++) {
            EventDraft draft = finishing || told || chance.oneIn(60) ? end(world) : event(world, i);
            drafts.add(draft);
            refused |= !(draft instanceof EventDraft.Valid);
            good += refused ? 0 : 1;
        }
        batch = drafts;
    }

    private EventDraft event(World world, int index) {
        Chance chance = world.chance;
        if (chance.oneIn(50)) {
            return new EventDraft.Invalid("for the simulation");
        }
        if (chance.oneIn(60)) {
            return EventDraft.of(
                    EventType.DELTA,
                    Json.ofSize(world.settings.maxEventBytes() + 1, index),
                    world.settings.maxEventBytes());
        }
        EventType type = chance.oneIn(6) ? EventType.PARTIAL : chance.oneIn(8) ? EventType.STATUS : EventType.DELTA;
        return draft(type, index, world);
    }

    private EventDraft end(World world) {
        return draft(world.chance.oneIn(2) ? EventType.COMPLETE : EventType.ERROR, good, world);
    }

    private EventDraft draft(EventType type, int index, World world) {
        String tag = "'w':'" + producer + "','e':" + epoch + ",'n':" + (nextNumber + index);
        String padding = "x".repeat(world.chance.below(world.chance.oneIn(10) ? 200 : 30));
        String message = type == EventType.ERROR ? ",'message':'m'" : "";
        return EventDraft.of(
                type,
                Json.json("{" + (numbered ? tag : "'u':1") + message + ",'x':'" + padding + "'}"),
                world.settings.maxEventBytes());
    }

    private void send(World world) {
        if (!numbered && calls.isEmpty() && world.chance.oneIn(30)) {
            // Without numbers a call whose fate is not known is not made again.
            batch = List.of();
            return;
        }
        Optional<Producer> by = numbered && !world.planted(Plant.FORGETS_THE_PRODUCER, 5)
                ? Optional.of(new Producer(producer, epoch, nextNumber))
                : Optional.empty();
        world.heardOf(runId);
        world.note(runId + " is sent " + by + " " + batch);
        calls.add(world.store()
                .append(runId, new AppendBatch(by, List.copyOf(batch)))
                .toCompletableFuture());
    }

    private void answered(World world) {
        int first = 0;
        while (first < calls.size() && !calls.get(first).isDone()) {
            first++;
        }
        if (first == calls.size()) {
            // The client gives up waiting and calls again, while the first call is still on its way.
            if (numbered && calls.size() < 2 && world.chance.oneIn(20)) {
                send(world);
            }
            return;
        }
        AppendResult result = resultOf(calls.remove(first));
        if (result == null) {
            if (finishing && !world.hasRun(runId)) {
                done = true;
            }
            return;
        }
        world.note(runId + " " + producer + " is told " + result);
        switch (result) {
            case AppendResult.Appended appended -> appended(appended, world);
            case AppendResult.UnknownRun unknown -> done = true;
            case AppendResult.Refused refused -> refused(refused, world);
        }
    }

    private static @Nullable AppendResult resultOf(CompletableFuture<AppendResult> call) {
        try {
            return call.join();
        } catch (CompletionException fault) {
            if (fault.getCause() instanceof StoreUnavailableException) {
                return null;
            }
            throw new Violation("an append failed: " + fault.getCause());
        }
    }

    private void appended(AppendResult.Appended appended, World world) {
        told = appended.cancelRequested() && world.chance.oneIn(3);
        Violation.unless(good == batch.size(), "taken with what is to be refused: " + batch);
        if (numbered) {
            world.history(runId).acknowledged(producer, epoch, nextNumber, batch.size());
        }
        nextNumber += batch.size();
        batch = List.of();
        calls.clear();
        if (appended.state().isEnd()) {
            Violation.unless(world.history(runId).hasEnded(), "said to have ended: " + appended);
            done = true;
        }
    }

    private void refused(AppendResult.Refused refused, World world) {
        if (numbered && !(refused.refusal() instanceof Refusal.StaleProducer)) {
            world.history(runId).acknowledged(producer, epoch, nextNumber, Math.min(refused.index(), good));
        }
        switch (refused.refusal()) {
            case Refusal.Ended ended -> {
                Violation.unless(world.history(runId).hasEnded(), "said to have ended: " + refused);
                done = true;
            }
            case Refusal.StaleProducer stale -> {
                // A late call of an attempt may have come to another run of the same name.
                boolean isLate = producer.equals(Producer.AGENT);
                Violation.unless(
                        isLate || stale.currentEpoch() > epoch, "shut out by " + stale + " though at " + epoch);
                done = true;
            }
            case Refusal.Invalid invalid -> takeOut(refused.index());
            case Refusal.TooLarge large -> takeOut(refused.index());
            case Refusal.NoRoom none -> Violation.unless(!world.isStored(), "no room, though it is stored");
            case Refusal.ProducerGap gap ->
                Violation.unless(world.mayHaveForgotten(), "a gap at " + gap + " for " + nextNumber);
            case Refusal.TooManyProducers many -> throw new Violation("too many producers");
            case Refusal.NotExternal other -> throw new Violation("refused as if from elsewhere");
        }
        if (refused.refusal() instanceof Refusal.ProducerGap) {
            nextNumber = refused.expectedSeq().orElseThrow();
            batch = List.of();
        }
        if (refused.state() == RunState.CANCELLING) {
            told |= world.chance.oneIn(3);
        }
    }

    /** Drops the event that was refused, as a worker would; those before it are stored. */
    private void takeOut(int index) {
        Violation.unless(index == good, "the event at " + index + " of " + batch + " is refused");
        nextNumber += good;
        batch = List.of();
        good = 0;
        calls.clear();
    }

    @Override
    public void crashed(World world) {
        calls.clear();
        if (!numbered) {
            batch = List.of();
        }
    }
}
