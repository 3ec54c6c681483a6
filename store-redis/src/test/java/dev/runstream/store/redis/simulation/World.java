package dev.runstream.store.redis.simulation;

import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.simulation.Chance;
import dev.runstream.core.simulation.Violation;
import dev.runstream.core.testing.Json;
import dev.runstream.store.redis.ModelRedis;
import dev.runstream.store.redis.ModelRun;
import dev.runstream.store.redis.Plant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One life of several processes on one Redis: everything that may happen, in an order that the seed decides, and after
 * each step a look whether all that was promised holds.
 */
final class World {
    private static final int GATEWAYS = 2;
    private static final int WORKERS = 2;
    private static final int MOST_RUNS = 6;
    private static final int MOST_ACTORS = 24;
    private static final int ROUNDS_TO_SETTLE = 120;

    final Plant plant;
    final Chance chance;
    final SimTime time = new SimTime();
    final RunSettings settings;
    final ModelRedis redis;
    final Audit audit;
    final int connections;
    private final Consumer<String> notes;
    private final boolean sureAfterRestart;
    private final boolean sureAfterFailover;
    private final boolean failsOver;
    private final int lostInTwelve;
    private final long budgetBytes;

    private final List<SimProcess> processes = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final List<Call<?>> calls = new ArrayList<>();
    private final List<SimLink.Request<?>> stray = new ArrayList<>();
    private ModelRedis.Snapshot snapshot;
    private boolean redisUp = true;
    private long downMillis;
    private boolean settling;
    private int names;
    private long tags;
    /** How often another server took over, or the same started again. */
    int moves;
    /** How often it had forgotten something then. */
    int forgotten;
    /** Since when Redis is back from an absence that all could notice. */
    long backMillis;

    long steps;

    /** A call of nobody in particular, and what is to be done with its answer. */
    private record Call<T>(SimProcess process, CompletableFuture<T> answer, Consumer<T> then) {
        void deliver() {
            Answers.of(answer).ifPresent(then);
        }
    }

    /** @param notes is told what happens, step by step */
    World(long seed, Plant plant, Consumer<String> notes) {
        this.plant = plant;
        this.notes = notes;
        chance = new Chance(seed);
        settings = new RunSettings(
                300,
                (chance.oneIn(2) ? 300 : 1_200) + chance.below(2_000),
                chance.oneIn(10) ? 3 : 1000,
                Duration.ofMillis(chance.between(3_000, 60_000)),
                Duration.ofMillis(chance.oneIn(8) ? 600_000 : chance.between(500, 30_000)),
                Duration.ofMillis(chance.between(500, 30_000)),
                Duration.ZERO,
                Duration.ofMillis(chance.between(1_000, 60_000)));
        connections = chance.oneIn(2) ? 1 : 3;
        sureAfterRestart = chance.oneIn(2);
        sureAfterFailover = chance.oneIn(2);
        failsOver = chance.oneIn(2);
        lostInTwelve = chance.of(List.of(0, 0, 1, 4, 12));
        budgetBytes = chance.oneIn(2) ? 64 << 20 : chance.between(8_000, 60_000);
        redis = new ModelRedis(time::nowMillis, plant);
        redis.publisher(this::published);
        audit = new Audit(this);
        snapshot = redis.snapshot();
        for (int i = 0; i < GATEWAYS + WORKERS; i++) {
            start(i < GATEWAYS ? "gateway" + i : "worker" + (i - GATEWAYS), i >= GATEWAYS);
        }
    }

    private void start(String name, boolean works) {
        SimProcess process = new SimProcess(this, name, "n" + names++, chance.between(-20, 20), budgetBytes);
        processes.add(process);
        if (works) {
            actors.add(new SimAgents(this, process));
        }
    }

    private void published(String channel, byte[] message) {
        processes.forEach(process -> process.link.subscriptions.offer(channel, message));
    }

    boolean isSure(boolean afterFailover) {
        return afterFailover ? sureAfterFailover : sureAfterRestart && (sureAfterFailover || !failsOver);
    }

    boolean isRedisUp() {
        return redisUp;
    }

    int copiesOfAMessage() {
        return chance.below(12) < lostInTwelve ? 0 : chance.oneIn(12) ? 2 : 1;
    }

    /** Something has left a connection that broke, and arrives all the same. */
    void stray(SimLink.Request<?> request) {
        stray.add(request);
    }

    void note(String what) {
        notes.accept(time.nowMillis() % 10_000_000 + " ms  " + what);
    }

    long newProducerEpoch() {
        return ++tags;
    }

    long newTag() {
        return ++tags;
    }

    void add(Actor actor) {
        actors.add(actor);
    }

    Optional<SimProcess> anyAtWork() {
        List<SimProcess> all = processes.stream().filter(SimProcess::isAtWork).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(chance.of(all));
    }

    /** The whole life. */
    void live() {
        for (int left = chance.between(50, 600); left > 0; left--) {
            step();
        }
        settle();
        end();
    }

    private void step() {
        steps++;
        int dice = chance.below(100);
        if (dice < 50) {
            for (int moved = chance.between(1, 8); moved > 0; moved--) {
                move();
            }
        } else if (dice < 80 && !actors.isEmpty()) {
            Actor actor = chance.of(actors);
            actor.step();
            if (actor.isDone()) {
                actors.remove(actor);
            }
        } else if (dice < 90) {
            passTime();
        } else if (dice < 93) {
            deliverCalls();
        } else if (!settling) {
            interfere(chance.below(15));
        }
        look();
    }

    /** One thing more is done by Redis, or arrives somewhere; false where nothing is on its way. */
    private boolean move() {
        List<Runnable> moves = new ArrayList<>();
        processes.forEach(process -> process.link.addMoves(moves));
        if (!stray.isEmpty() && redisUp) {
            moves.add(() -> {
                stray.remove(chance.below(stray.size())).execute();
                audit.observe();
            });
        }
        if (moves.isEmpty()) {
            return false;
        }
        chance.of(moves).run();
        return true;
    }

    /** Whatever is on its way arrives. */
    private void flow() {
        while (move()) {
            steps++;
        }
    }

    private void passTime() {
        int much = settling ? 0 : chance.below(20);
        boolean flows = settling || !chance.oneIn(8);
        long millis = much < 12 ? chance.below(300) : much < 18 ? chance.below(8_000) : chance.below(60_000);
        note("passes " + millis + (flows ? "" : ", and nothing arrives"));
        pass(millis, flows);
    }

    private void pass(long millis, boolean flows) {
        long end = time.nowMillis() + millis;
        long probed = time.nowMillis();
        boolean more = true;
        while (more) {
            if (flows) {
                flow();
            }
            more = time.next(end);
            if (time.nowMillis() - probed > 500) {
                probed = time.nowMillis();
                processes.forEach(process -> process.link.probe());
            }
        }
    }

    private void interfere(int what) {
        switch (what) {
            case 0, 1, 2, 3 -> create();
            case 4 -> cancel();
            case 5, 6 -> comeAsReader();
            case 7 -> list();
            case 8 -> chance.of(processes).link.breakUp();
            case 9 -> chance.of(processes).link.subscriptions.breakUp();
            case 10 -> freezeOrGoOn();
            case 11 -> dieSometimes();
            case 12 -> snapshot = redisUp ? redis.snapshot() : snapshot;
            default -> troubleRedis();
        }
    }

    private void create() {
        boolean external = chance.oneIn(2);
        // Names come again once a run is deleted, and a late call may reach the next of that name.
        String runId = (external ? "x" : "a") + chance.below(MOST_RUNS);
        RunSpec spec = new RunSpec(
                runId,
                external ? RunSpec.EXTERNAL : "agent",
                chance.between(1, 3),
                chance.oneIn(4),
                chance.oneIn(4) ? chance.between(100, 60_000) : 0,
                external ? chance.between(1_000, 30_000) : 0,
                chance.oneIn(3) ? "k" + chance.below(MOST_RUNS) : "",
                "f" + chance.below(2),
                7,
                0);
        anyAtWork().ifPresent(process -> {
            note("create at " + process.name + " " + spec);
            call(
                    process,
                    process.store.create(new NewRun(spec, Json.json("{'a':1}"))),
                    result -> created(result, spec));
        });
    }

    private void created(CreateResult result, RunSpec asked) {
        note("created " + result);
        switch (result) {
            case CreateResult.Created fresh -> {
                RunSpec run = fresh.run().record().spec();
                if (run.isExternal()) {
                    add(new SimProducer(this, run, "w" + newTag(), 0, !chance.oneIn(4), null));
                }
                add(new SimReader(this, run.runId()));
            }
            case CreateResult.Existing existing ->
                Violation.unless(
                        existing.run().record().spec().fingerprint().equals(asked.fingerprint()),
                        "another request's run: " + existing);
            case CreateResult.Conflict conflict -> {}
            case CreateResult.Overloaded overloaded -> {}
        }
    }

    private void cancel() {
        Optional<String> runId = anyRun();
        if (runId.isEmpty()) {
            return;
        }
        Audit.Life life = audit.life(runId.get());
        int movesBefore = moves;
        anyAtWork().ifPresent(process -> {
            note("cancel at " + process.name + " " + runId.get());
            call(
                    process,
                    process.store.requestCancel(runId.get()),
                    state -> state.ifPresent(answered -> {
                        note("cancelled " + runId.get() + " " + answered);
                        boolean stands = answered == RunState.CANCELLING || answered == RunState.CANCELLED;
                        if (stands && life != null && audit.life(runId.get()) == life && moves == movesBefore) {
                            audit.cancelled(life);
                        }
                    }));
        });
    }

    private Optional<String> anyRun() {
        List<String> runs = List.copyOf(redis.runs().keySet());
        return runs.isEmpty() ? Optional.empty() : Optional.of(chance.of(runs));
    }

    private void comeAsReader() {
        if (actors.size() < MOST_ACTORS) {
            anyRun().ifPresent(runId -> add(new SimReader(this, runId)));
        }
    }

    private void list() {
        RunQuery query = new RunQuery(Optional.empty(), Optional.empty(), chance.between(1, 10), Optional.empty());
        anyAtWork().ifPresent(process -> call(process, process.store.list(query), listing -> {}));
    }

    private <T> void call(SimProcess process, java.util.concurrent.CompletionStage<T> answer, Consumer<T> then) {
        calls.add(new Call<>(process, answer.toCompletableFuture(), then));
    }

    private void deliverCalls() {
        List<Call<?>> done = calls.stream().filter(call -> call.answer.isDone()).toList();
        calls.removeAll(done);
        done.forEach(Call::deliver);
    }

    private void freezeOrGoOn() {
        SimProcess process = chance.of(processes);
        if (process.isFrozen()) {
            goOn(process);
        } else {
            note(process.name + " stands still");
            process.freeze();
        }
    }

    private void goOn(SimProcess process) {
        note(process.name + " goes on");
        process.goOn();
    }

    private void dieSometimes() {
        if (!chance.oneIn(4)) {
            return;
        }
        SimProcess process = chance.of(processes);
        boolean stops = chance.oneIn(2) && !process.isFrozen() && redisUp;
        if (stops) {
            // What it has asked is answered first: it waits for nothing when it stops.
            pass(300, true);
        }
        boolean isKilled = !stops || !process.link.isAtRest();
        note(process.name + (isKilled ? " dies" : " stops"));
        if (isKilled) {
            process.die();
        } else {
            process.close();
        }
        processes.remove(process);
        List.copyOf(actors).forEach(actor -> actor.died(process));
        calls.removeIf(call -> call.process == process);
        start(process.name, process.name.startsWith("worker"));
    }

    private void troubleRedis() {
        if (!redisUp) {
            bringBack();
        } else if (chance.oneIn(2)) {
            note("Redis is away");
            takeAway();
            if (chance.oneIn(3)) {
                moveAway(false);
            } else if (failsOver && chance.oneIn(2)) {
                moveAway(true);
            }
        }
    }

    private void takeAway() {
        redisUp = false;
        downMillis = time.nowMillis();
        stray.clear();
        processes.forEach(process -> {
            process.link.breakUp();
            process.link.subscriptions.breakUp();
        });
        time.in(chance.below(chance.oneIn(2) ? 1_000 : 20_000), this::bringBack);
    }

    private void moveAway(boolean byFailover) {
        moves++;
        redis.moved(byFailover);
        boolean isKept = byFailover ? sureAfterFailover : sureAfterRestart;
        boolean forgets = !isKept && chance.oneIn(2);
        note("another Redis " + (byFailover ? "by failover" : "by restart") + (forgets ? ", which forgets" : ""));
        if (forgets) {
            forgotten++;
            redis.forget(snapshot);
            audit.forgot();
        }
        snapshot = redis.snapshot();
    }

    private void bringBack() {
        if (redisUp) {
            return;
        }
        note("Redis is back");
        redisUp = true;
        if (time.nowMillis() - downMillis > 7_000) {
            backMillis = time.nowMillis();
        }
    }

    private void look() {
        audit.observe();
        processes.forEach(SimProcess::verify);
    }

    /** No more faults: everybody comes to an end, and every run. */
    private void settle() {
        settling = true;
        note("settles");
        bringBack();
        processes.stream().filter(SimProcess::isFrozen).toList().forEach(this::goOn);
        pass(8_000, true);
        everybodyReads();
        int rounds = 0;
        while (!isSettled()) {
            Violation.unless(rounds++ < ROUNDS_TO_SETTLE, "never settled: " + unsettled());
            actors.forEach(Actor::finish);
            for (int i = 0; i < 200; i++) {
                step();
            }
            pass(10_000, true);
        }
    }

    /** Within the time between two comparisons every reader has what Redis had before it, whatever message was lost. */
    private void everybodyReads() {
        List<SimReader> readers = actors.stream()
                .filter(SimReader.class::isInstance)
                .map(SimReader.class::cast)
                .toList();
        readers.forEach(this::readOn);
        readers.forEach(SimReader::noteWhatRedisHas);
        for (int i = 0; i < 5; i++) {
            pass(500, true);
            readers.forEach(this::readOn);
        }
        readers.forEach(
                reader -> Violation.unless(reader.behind() <= 0, "a reader stays behind by " + reader.behind()));
    }

    private void readOn(SimReader reader) {
        for (int i = 0; i < 300 && !reader.isDone() && !reader.isIdle(); i++) {
            reader.step();
            flow();
        }
        if (reader.isDone()) {
            actors.remove(reader);
        }
    }

    private boolean isSettled() {
        return calls.isEmpty()
                && actors.stream().allMatch(SimAgents.class::isInstance)
                && redis.runs().values().stream().allMatch(run -> run.record().isEnded());
    }

    private String unsettled() {
        return actors.stream().map(actor -> actor.getClass().getSimpleName()).toList() + ", calls " + calls.size()
                + ", open "
                + redis.runs().values().stream()
                        .map(ModelRun::record)
                        .filter(run -> !run.isEnded())
                        .toList();
    }

    /** Time passes until every run is deleted and swept; then nothing is held any more. */
    private void end() {
        note("ends");
        for (long left = settings.retainEnded().toMillis() + 150_000; left > 0; left -= 15_000) {
            pass(15_000, true);
            for (int i = 0; i < 20; i++) {
                List.copyOf(actors).forEach(Actor::step);
                flow();
            }
        }
        Violation.unless(redis.runs().isEmpty(), "not deleted: " + redis.runs().keySet());
        Violation.unless(
                redis.index().listedAnywhere().isEmpty(),
                "still listed: " + redis.index().listedAnywhere());
        Violation.unless(
                redis.queues().waiting() == 0,
                "still in line: " + redis.queues().waiting());
        for (SimProcess process : processes) {
            Violation.unless(
                    process.link.subscriptions.channelsOfRuns().isEmpty(),
                    "still listened to: " + process.link.subscriptions.channelsOfRuns());
        }
        processes.forEach(process -> {
            process.close();
            Violation.unless(process.memoryBytes() == 0, "memory is still held: " + process.memoryBytes());
            process.verifyAllReturned();
        });
    }
}
