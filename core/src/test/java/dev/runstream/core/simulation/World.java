package dev.runstream.core.simulation;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.log.Slab;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.EmbeddedRunStore;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a store: everything that may happen, in an order that the seed decides, and after each step a look whether
 * all that was promised holds.
 */
final class World {
    private static final int MOST_RUNS = 6;
    private static final int MOST_ACTORS = 24;
    private static final int STEPS_TO_SETTLE = 60_000;

    final long seed;
    final Plant plant;
    final Chance chance;
    final RunSettings settings;
    final FakeClock clock = new FakeClock();
    FakeTimers timers = new FakeTimers(clock);

    private final boolean stored;
    private final long budgetBytes;
    private SimDisk disk = new SimDisk();
    private SimDisk snapshot = new SimDisk();
    private @Nullable SimArchive archive;
    private CheckedSlabs slabs = new CheckedSlabs();
    private MemoryBudget budget;
    private RunStore store;
    private int timersOfAnEmptyStore;

    private final List<Actor> actors = new ArrayList<>();
    private final Map<String, History> histories = new TreeMap<>();
    private final Map<String, Long> lastSeen = new HashMap<>();
    /** The bytes that readers saw under each id, whatever died since. */
    private final Map<String, String> shown = new HashMap<>();

    private final List<Call<?>> calls = new ArrayList<>();
    private int machineCrashes;
    private int created;
    private long epochs;
    private boolean settling;
    private long redSinceMillis;
    private final Consumer<String> notes;

    /** A call of nobody in particular, and what is to be done with its answer. */
    private record Call<T>(CompletableFuture<T> answer, Consumer<T> then) {
        void deliver() {
            try {
                then.accept(answer.join());
            } catch (CompletionException away) {
                Violation.unless(
                        away.getCause() instanceof StoreUnavailableException, "a call failed: " + away.getCause());
            }
        }
    }

    /** @param notes is told what happens, step by step */
    World(long seed, Plant plant, Consumer<String> notes) {
        this.seed = seed;
        this.plant = plant;
        this.notes = notes;
        chance = new Chance(seed);
        stored = !chance.oneIn(4);
        settings = new RunSettings(
                512,
                2048 + chance.below(6000),
                chance.oneIn(8) ? 3 : 1000,
                Duration.ofSeconds(10),
                Duration.ofMillis(chance.between(500, 30_000)),
                Duration.ofMillis(chance.between(500, 30_000)),
                Duration.ZERO,
                Duration.ofMillis(chance.between(1_000, 60_000)));
        budgetBytes = chance.oneIn(2) ? 64 << 20 : chance.between(8_000, 60_000);
        budget = newBudget();
        store = open();
        timersOfAnEmptyStore = timers.waiting();
    }

    private MemoryBudget newBudget() {
        slabs = new CheckedSlabs();
        return new MemoryBudget(
                capacity -> plant == Plant.FREES_MEMORY_IN_USE
                        ? new LyingSlab(slabs.allocate(capacity))
                        : slabs.allocate(capacity),
                budgetBytes);
    }

    private RunStore open() {
        Timers time = new SimTimers(timers, clock, this);
        if (!stored) {
            return MemoryRunStore.open(settings, budget, clock, time, RunObserver.NONE);
        }
        SimArchive opened = new SimArchive(disk, settings.runBufferBytes(), chance, plant);
        archive = opened;
        return new EmbeddedRunStore(settings, opened, budget, clock, time, RunObserver.NONE);
    }

    RunStore store() {
        return store;
    }

    boolean isStored() {
        return stored;
    }

    boolean planted(Plant asked, int oneIn) {
        return plant == asked && chance.oneIn(oneIn);
    }

    CheckedSlabs.CheckedSlab checked(Slab slab) {
        return (CheckedSlabs.CheckedSlab) (slab instanceof LyingSlab lying ? lying.real() : slab);
    }

    void note(String what) {
        notes.accept(timers.nowMillis() % 10_000_000 + " ms  " + what);
    }

    /** Greater than all before. */
    long newEpoch() {
        return ++epochs;
    }

    void add(Actor actor) {
        actors.add(actor);
    }

    void remove(Actor actor) {
        actors.remove(actor);
    }

    boolean hasRun(String runId) {
        return stored
                ? disk.runs.containsKey(runId)
                : store.find(runId).toCompletableFuture().join().isPresent();
    }

    /** Whether the run of this name that is there now is this one. */
    boolean isOf(RunSpec spec) {
        History history = histories.get(spec.runId());
        return history != null && history.spec.equals(spec);
    }

    History history(String runId) {
        History history = histories.get(runId);
        if (history == null) {
            throw new Violation("nobody has heard of run " + runId);
        }
        return history;
    }

    /** Whether the log may have lost what was acknowledged, by a crash of the machine. */
    boolean mayHaveForgotten() {
        return machineCrashes > 0;
    }

    void heardOf(String runId) {
        History history = histories.get(runId);
        if (history != null) {
            history.heardOfMillis = timers.nowMillis();
        }
    }

    /** A reader saw an event: its id never means anything else from now on. */
    void shown(String runId, SeenEvent event) {
        String before = shown.putIfAbsent(runId + " " + event.id(), event.type() + " " + event.data());
        Violation.unless(
                before == null || before.equals(event.type() + " " + event.data()),
                "the id of " + event + " was shown as " + before);
    }

    /** The whole life. */
    void live() {
        try {
            for (int steps = chance.between(30, 500); steps > 0; steps--) {
                step();
            }
            settle();
            end();
        } catch (SimArchive.Crash late) {
            throw new Violation("a crash outside of the writer's turn");
        }
    }

    private void step() {
        try {
            act();
        } catch (SimArchive.Crash crash) {
            restart(false);
        }
        observe();
    }

    private void act() {
        SimArchive at = archive;
        int dice = chance.below(100);
        if (at != null && at.hasTasks() && dice < 22) {
            note("the writer's turn");
            boolean wasReady = at.health().ready();
            at.writerTurn(!settling && chance.oneIn(60));
            redSinceMillis = wasReady ? timers.nowMillis() : redSinceMillis;
        } else if (at != null && at.hasReads() && dice < 38) {
            at.readerTurn();
        } else if (dice < 78 && !actors.isEmpty()) {
            Actor actor = chance.of(actors);
            actor.step(this);
            if (actor.isDone()) {
                actors.remove(actor);
            }
        } else if (dice < 84) {
            passTime();
        } else if (dice < 88) {
            deliverCalls();
        } else if (!settling) {
            interfere(dice);
        }
    }

    private void interfere(int dice) {
        switch (dice) {
            case 88, 89, 90 -> create();
            case 91 -> cancel();
            case 92, 93 -> comeAsReader();
            case 94 -> look();
            case 95 -> budget.sweep();
            case 96 -> breakOrMend();
            case 97 -> jumpTheClock();
            default -> dieSometimes();
        }
    }

    private void passTime() {
        int much = settling ? 8 : chance.below(20);
        Duration time = Duration.ofMillis(
                much < 12 ? chance.below(300) : much < 18 ? chance.below(8_000) : chance.below(90_000));
        note("passes " + time);
        if (!settling && chance.oneIn(25)) {
            note("asleep");
            timers.sleepThrough(time);
            awake(time);
        } else {
            timers.advance(time);
        }
    }

    /** After a silence of its own a process gives every worker its lease anew. */
    private void awake(Duration asleep) {
        if (asleep.toMillis() > 1_000) {
            histories.values().forEach(history -> history.heardOfMillis = timers.nowMillis());
        }
    }

    private void jumpTheClock() {
        Duration by = Duration.ofSeconds(chance.between(-7_200, 7_200));
        note("the wall clock is set by " + by);
        clock.jump(by);
    }

    private void breakOrMend() {
        SimArchive at = archive;
        if (at == null) {
            return;
        }
        if (at.broken) {
            mend(at);
        } else if (chance.oneIn(3)) {
            note("the disk breaks");
            at.broken = true;
        }
    }

    private void mend(SimArchive at) {
        note("the disk is whole again");
        // An outage that is over before anybody looks is none.
        if (!at.health().ready() && timers.nowMillis() - redSinceMillis > 1_500) {
            histories.values().forEach(history -> history.heardOfMillis = timers.nowMillis());
        }
        at.mend();
    }

    private void create() {
        boolean external = chance.oneIn(2);
        // Names come again once a run is deleted, and a late call may reach the next of that name.
        String runId = (external ? "x" : "a") + chance.below(MOST_RUNS);
        String key = chance.oneIn(3) ? "k" + chance.below(MOST_RUNS) : "";
        String fingerprint = "f" + chance.below(2);
        RunSpec spec = new RunSpec(
                runId,
                external ? RunSpec.EXTERNAL : "agent",
                chance.between(1, 3),
                chance.oneIn(4),
                chance.oneIn(4) ? chance.between(100, 60_000) : 0,
                external ? chance.between(1_000, 30_000) : 0,
                key,
                fingerprint,
                7,
                clock.millis());
        NewRun asked = new NewRun(spec, Json.json("{'a':1}"));
        note("create " + spec);
        CompletableFuture<CreateResult> answer = store.create(asked).toCompletableFuture();
        if (stored) {
            call(answer, result -> created(result, spec));
        } else {
            // Its events can only be seen from the first moment on.
            created(answer.join(), spec);
        }
    }

    private void created(CreateResult result, RunSpec asked) {
        switch (result) {
            case CreateResult.Created fresh -> {
                RunRecord run = fresh.run().record();
                created++;
                if (!stored) {
                    audit(run);
                }
                if (run.spec().isExternal()) {
                    add(new SimWorker(run.spec(), "w" + created, 0, !chance.oneIn(5)));
                } else {
                    add(new SimAgent(run.spec(), false));
                }
                add(new SimReader(run.runId()));
            }
            case CreateResult.Existing existing ->
                Violation.unless(
                        existing.run().record().spec().fingerprint().equals(asked.fingerprint()),
                        "another request's run: " + existing);
            case CreateResult.Conflict conflict -> {}
            case CreateResult.Overloaded overloaded -> {}
        }
    }

    /** Follows a run that only memory holds, to see each event as it comes. */
    private void audit(RunRecord run) {
        History history = new History(run.spec(), run.epoch(), false, timers.nowMillis());
        histories.put(run.runId(), history);
        FollowedRun followed =
                store.follow(run.runId()).toCompletableFuture().join().orElseThrow();
        FollowedRun.Listening[] listening = new FollowedRun.Listening[1];
        Runnable look = () -> {
            copy(followed.log(), history);
            if (history.hasEnded() && listening[0] != null) {
                listening[0].stop();
                call(CompletableFuture.completedFuture(followed), FollowedRun::close);
            }
        };
        listening[0] = followed.onChange(look);
        look.run();
    }

    private void copy(EventLog log, History history) {
        boolean more = true;
        while (more) {
            LogRead read = log.read(history.lastSeq(), 1, (slab, offset, length) -> {
                byte[] bytes = new byte[length];
                slab.read(offset, bytes, 0, length);
                SeenEvent event = SeenEvent.parse(bytes).getFirst();
                int attempt = log.attemptAt(event.seq());
                history.add(new NewEvent(event.type(), Json.json(event.data()), attempt), timers.nowMillis());
            });
            if (read instanceof LogRead.Gap gap) {
                history.skip(gap.toSeq() - gap.fromSeq() + 1);
            }
            more = !(read instanceof LogRead.CaughtUp);
        }
    }

    private void cancel() {
        Optional<String> runId = anyRun();
        if (runId.isEmpty()) {
            return;
        }
        History at = history(runId.get());
        if (planted(Plant.DROPS_A_CANCEL, 2)) {
            at.cancelAnswered();
            return;
        }
        call(
                store.requestCancel(runId.get()).toCompletableFuture(),
                state -> state.ifPresent(answered -> {
                    boolean stands = answered == RunState.CANCELLING || answered == RunState.CANCELLED;
                    if (stands && histories.get(runId.get()) == at) {
                        at.cancelAnswered();
                    }
                }));
    }

    private void comeAsReader() {
        if (actors.size() < MOST_ACTORS) {
            anyRun().ifPresent(runId -> add(new SimReader(runId)));
        }
    }

    private Optional<String> anyRun() {
        List<String> runs = histories.keySet().stream().filter(this::hasRun).toList();
        return runs.isEmpty() ? Optional.empty() : Optional.of(chance.of(runs));
    }

    private void look() {
        if (chance.oneIn(2)) {
            RunQuery query = new RunQuery(Optional.empty(), Optional.empty(), chance.between(1, 10), Optional.empty());
            call(store.list(query)
                    .thenAccept(listing -> listing.runs().forEach(this::saw))
                    .toCompletableFuture());
        } else {
            anyRun().ifPresent(runId -> call(store.find(runId)
                    .thenAccept(found -> found.ifPresent(this::saw))
                    .toCompletableFuture()));
        }
    }

    /** What is shown of a run never goes back. */
    private void saw(Run run) {
        RunRecord record = run.record();
        String key = record.runId() + " " + record.epoch();
        Violation.unless(
                record.lastSeq() >= lastSeen.getOrDefault(key, 0L) || !histories.containsKey(record.runId()),
                "seen at " + lastSeen.get(key) + " before: " + record);
        lastSeen.merge(key, record.lastSeq(), Math::max);
        Violation.unless(run.bufferedBytes() >= 0, "holds " + run.bufferedBytes());
    }

    private <T> void call(CompletableFuture<T> answer, Consumer<T> then) {
        calls.add(new Call<>(answer, then));
    }

    private void call(CompletableFuture<?> answer) {
        call(answer, nothing -> {});
    }

    private void deliverCalls() {
        List<Call<?>> done = calls.stream().filter(call -> call.answer.isDone()).toList();
        calls.removeAll(done);
        done.forEach(Call::deliver);
    }

    private void dieSometimes() {
        if (chance.oneIn(4)) {
            snapshot = disk.copy();
        } else if (stored && chance.oneIn(10)) {
            restart(chance.oneIn(3));
        }
    }

    /** The process dies; or the machine, which may have forgotten the last moments. */
    private void restart(boolean machine) {
        note(machine ? "the machine crashes" : "the process dies");
        if (machine) {
            machineCrashes++;
            disk = snapshot.copy();
            if (plant != Plant.FORGETS_UNDER_THE_SAME_EPOCH) {
                disk.renewEpochs(clock.millis());
            }
            histories.keySet().retainAll(disk.runs.keySet());
        }
        // What a start writes is forced to the disk, and with it all before.
        snapshot = disk.copy();
        calls.clear();
        timers = new FakeTimers(clock, timers.nowMillis());
        budget = newBudget();
        store = open();
        List.copyOf(actors).forEach(actor -> actor.crashed(this));
        observe();
        takeUp();
        histories.values().forEach(history -> history.heardOfMillis = timers.nowMillis());
    }

    /** Gives every open run of an agent somebody to work on it, as a process does when it starts. */
    private void takeUp() {
        for (RunRecord run : store.unfinished().toCompletableFuture().join()) {
            boolean taken =
                    actors.stream().anyMatch(actor -> actor instanceof SimAgent agent && agent.worksOn(run.spec()));
            if (!taken) {
                actors.add(new SimAgent(run.spec(), !run.state().isWaiting()));
            }
        }
    }

    /** Looks at what has come to be stored, and whether what must hold at any time does. */
    private void observe() {
        slabs.verify();
        if (!stored) {
            return;
        }
        for (SimDisk.Kept kept : disk.runs.values()) {
            History history = histories.get(kept.record.runId());
            boolean isAnother = history == null
                    || history.epoch != kept.record.epoch()
                    || !history.spec.equals(kept.record.spec())
                    || history.lastSeq() > kept.events.size();
            if (history == null || isAnother) {
                // Whatever silence was before it was looked at, was long enough.
                long heardOf = machineCrashes > 0 ? 0 : timers.nowMillis();
                history = new History(kept.record.spec(), kept.record.epoch(), machineCrashes > 0, heardOf);
                histories.put(kept.record.runId(), history);
            }
            for (long seq = history.lastSeq(); seq < kept.events.size(); seq++) {
                note("stored " + kept.record.runId() + " " + (seq + 1) + " " + kept.events.get((int) seq));
                history.add(kept.events.get((int) seq), timers.nowMillis());
            }
            history.heardOfMillis = isAnother ? timers.nowMillis() : history.heardOfMillis;
            Violation.unless(
                    kept.record.state() == history.state(), "its events say " + history.state() + " of " + kept.record);
            Violation.unless(kept.record.lastSeq() == kept.events.size(), "counts differ: " + kept.record);
        }
    }

    /** No more faults: everybody comes to an end, and every run. */
    private void settle() {
        settling = true;
        SimArchive at = archive;
        if (at != null) {
            mend(at);
        }
        int steps = 0;
        while (!isSettled()) {
            takeUp();
            Violation.unless(steps++ < STEPS_TO_SETTLE, "never settled: " + unsettled());
            actors.forEach(Actor::finish);
            step();
        }
    }

    private boolean isSettled() {
        SimArchive at = archive;
        return actors.isEmpty()
                && calls.isEmpty()
                && (at == null || !(at.hasTasks() || at.hasReads()))
                && store.gauges().openRuns().isEmpty();
    }

    private String unsettled() {
        return actors.stream().map(actor -> actor.getClass().getSimpleName()).toList() + ", open "
                + store.gauges().openRuns() + ", calls " + calls.size();
    }

    /** Time passes until every run is deleted; then nothing is held any more. */
    private void end() {
        for (int i = 0; i < 40; i++) {
            timers.advance(settings.retainEnded().dividedBy(10).plusMillis(500));
            drainArchive();
            observe();
        }
        Violation.unless(overdue().isEmpty(), "not deleted: " + overdue());
        Violation.unless(timers.waiting() == timersOfAnEmptyStore, "timers wait: " + timers.waiting());
        store.close();
        budget.sweep();
        Violation.unless(budget.usedBytes() == 0, "memory is still held: " + budget.usedBytes());
        slabs.verifyAllReturned();
    }

    /** Runs that should have been deleted by now. Retention goes by the wall clock: where that was set back it takes longer. */
    private List<String> overdue() {
        long before = clock.millis() - settings.retainEnded().toMillis() - 2_000;
        return histories.keySet().stream()
                .filter(runId -> endedAt(runId).filter(ended -> ended < before).isPresent())
                .toList();
    }

    private Optional<Long> endedAt(String runId) {
        return stored
                ? Optional.ofNullable(disk.runs.get(runId)).map(kept -> kept.record.endedAtMillis())
                : store.find(runId)
                        .toCompletableFuture()
                        .join()
                        .map(run -> run.record().endedAtMillis());
    }

    private void drainArchive() {
        SimArchive at = archive;
        while (at != null && (at.hasTasks() || at.hasReads())) {
            if (at.hasTasks()) {
                at.writerTurn(false);
            } else {
                at.readerTurn();
            }
        }
    }
}
