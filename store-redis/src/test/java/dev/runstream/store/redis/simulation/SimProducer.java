package dev.runstream.store.redis.simulation;

import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AppendResult.Refusal;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.simulation.Chance;
import dev.runstream.core.simulation.Violation;
import dev.runstream.core.testing.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run's events: a worker elsewhere over any gateway, or an agent's attempt by its own process. It numbers them,
 * sends a batch again whose fate it does not know, at times twice at once and over two gateways.
 */
final class SimProducer implements Actor {
    private final World world;
    private final RunSpec run;
    private final String producer;
    private final boolean numbered;
    private final @Nullable SimProcess home;
    private long epoch;
    private long nextNumber;
    private List<EventDraft> batch = List.of();
    private final List<Call> calls = new ArrayList<>();
    private boolean finishing;
    private boolean told;
    private boolean done;

    private record Call(SimProcess process, CompletableFuture<AppendResult> answer, int movesBefore) {}

    /** @param home the process of an agent's attempt; null for a worker elsewhere */
    SimProducer(World world, RunSpec run, String producer, long epoch, boolean numbered, @Nullable SimProcess home) {
        this.world = world;
        this.run = run;
        this.producer = producer;
        this.epoch = epoch;
        this.numbered = numbered;
        this.home = home;
    }

    @Override
    public boolean isDone() {
        return done;
    }

    boolean isAt(SimProcess process) {
        return home == process;
    }

    @Override
    public void finish() {
        finishing = true;
    }

    @Override
    public void step() {
        if (home != null && !home.isAtWork()) {
            return;
        }
        if (!calls.isEmpty()) {
            answered();
        } else if (batch.isEmpty()) {
            if (!finishing && home == null && world.chance.oneIn(40)) {
                startAnew();
            } else {
                makeBatch();
                send();
            }
        } else {
            send();
        }
    }

    /** Whoever takes its place shuts it out; at times it goes on all the same. */
    private void startAnew() {
        if (world.chance.oneIn(2) && numbered) {
            world.add(new SimProducer(world, run, producer, world.newProducerEpoch(), true, home));
        } else {
            epoch = world.newProducerEpoch();
            nextNumber = 0;
        }
    }

    private void makeBatch() {
        Chance chance = world.chance;
        List<EventDraft> drafts = new ArrayList<>();
        int count = finishing ? 1 : chance.below(5);
        boolean ends = finishing || told || chance.oneIn(60);
        for (int i = 0; i < count; i++) {
            EventType type = chance.oneIn(6) ? EventType.PARTIAL : chance.oneIn(8) ? EventType.STATUS : EventType.DELTA;
            boolean isLast = ends && i == count - 1;
            drafts.add(draft(isLast ? (chance.oneIn(2) ? EventType.COMPLETE : EventType.ERROR) : type, i));
        }
        batch = drafts;
    }

    private EventDraft draft(EventType type, int index) {
        String tag = numbered
                ? "'w':'" + producer + "','e':" + epoch + ",'n':" + (nextNumber + index)
                : "'u':" + world.newTag();
        String padding = "x".repeat(world.chance.below(world.chance.oneIn(10) ? 200 : 30));
        String message = type == EventType.ERROR ? ",'message':'m'" : "";
        return EventDraft.of(
                type, Json.json("{" + tag + message + ",'x':'" + padding + "'}"), world.settings.maxEventBytes());
    }

    private void send() {
        Optional<SimProcess> to = home == null ? world.anyAtWork() : Optional.of(home);
        if (to.isEmpty()) {
            return;
        }
        Optional<Producer> by = numbered ? Optional.of(new Producer(producer, epoch, nextNumber)) : Optional.empty();
        world.note(run.runId() + " is sent by " + to.get().name + " " + by + " " + batch);
        calls.add(new Call(
                to.get(),
                to.get().store.append(run.runId(), new AppendBatch(by, batch)).toCompletableFuture(),
                world.moves));
    }

    private void answered() {
        Optional<Call> first =
                calls.stream().filter(call -> call.answer.isDone()).findFirst();
        if (first.isEmpty()) {
            // The client gives up waiting and calls again, while the first call is still on its way.
            if (numbered && calls.size() < 2 && world.chance.oneIn(20)) {
                send();
            }
            return;
        }
        calls.remove(first.get());
        if (!world.audit.isOf(run)) {
            // Deleted, or forgotten, and perhaps another has its name by now.
            done = true;
            return;
        }
        Optional<AppendResult> result = Answers.of(first.get().answer);
        world.note(run.runId() + " " + producer + " is told " + result);
        if (result.isEmpty()) {
            batch = numbered ? batch : List.of();
            return;
        }
        switch (result.get()) {
            case AppendResult.Appended appended -> appended(appended, first.get());
            case AppendResult.UnknownRun unknown -> done = true;
            case AppendResult.Refused refused -> refused(refused, first.get());
        }
    }

    private void acknowledged(int count, Call call) {
        Audit.Life life = world.audit.life(run.runId());
        if (numbered && life != null && call.movesBefore == world.moves) {
            life.history.acknowledged(producer, epoch, nextNumber, count);
        }
    }

    private void appended(AppendResult.Appended appended, Call call) {
        told |= appended.cancelRequested() && world.chance.oneIn(3);
        acknowledged(batch.size(), call);
        nextNumber += batch.size();
        batch = List.of();
        calls.clear();
        done |= appended.state().isEnd();
    }

    private void refused(AppendResult.Refused refused, Call call) {
        switch (refused.refusal()) {
            case Refusal.Ended ended -> done = true;
            case Refusal.StaleProducer stale -> {
                boolean isLate = producer.equals(Producer.AGENT) || world.moves > call.movesBefore;
                Violation.unless(
                        isLate || stale.currentEpoch() > epoch, "shut out by " + stale + " though at " + epoch);
                done = true;
            }
            case Refusal.ProducerGap gap -> {
                Violation.unless(world.forgotten > 0, "a gap at " + gap + " for " + nextNumber);
                nextNumber = refused.expectedSeq().orElseThrow();
                batch = List.of();
                calls.clear();
            }
            default -> {
                // Only a complete or an error may be refused, since the run is in another state by now.
                acknowledged(refused.index(), call);
                nextNumber += refused.index();
                batch = List.of();
                calls.clear();
            }
        }
        told |= refused.state() == RunState.CANCELLING && world.chance.oneIn(3);
    }

    @Override
    public void died(SimProcess process) {
        done |= home == process;
        if (calls.removeIf(call -> call.process == process) && !numbered) {
            batch = List.of();
        }
    }
}
