package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.Producers;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.testing.Json;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** The same calls on the {@link ModelRedis} and on a real one, of which each answer and each message must be the same. */
final class ModelComparison {
    private static final long BEGIN = 1_763_827_200_000L;
    private static final RunSettings SETTINGS = new RunSettings(
            512,
            2048,
            1000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofHours(1));
    private static final FakeTimers NO_TIME = new FakeTimers(new FakeClock());
    private static final RunMachine MACHINE = new RunMachine(SETTINGS);

    private final RedisServer server;
    private final RedisLink link;
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final List<String> heardOfModel = new ArrayList<>();
    private final Map<String, String> entries = new HashMap<>();
    private final ModelRedis model;
    private final List<RedisPorts> real;
    private final List<ModelPorts> modelled;
    private final SplittableRandom random;
    private long now = BEGIN;
    private long lastDeadline;
    private final Map<String, StoredRun> known = new HashMap<>();
    private final Map<String, Commit> lastCommits = new HashMap<>();
    private long numbers;

    /** Every answer at once. */
    private static final class Direct implements ModelWire {
        @Override
        public <T> CompletionStage<T> call(String key, Supplier<T> there) {
            return CompletableFuture.completedFuture(there.get());
        }

        @Override
        public CompletionStage<Void> subscribe(String channel) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void unsubscribe(String channel) {}
    }

    ModelComparison(RedisServer server, RedisLink link, long seed) {
        this.server = server;
        this.link = link;
        random = new SplittableRandom(seed);
        model = new ModelRedis(() -> now, Plant.NOTHING);
        model.publisher((channel, message) -> ModelRedis.runOfChannel(channel)
                .ifPresent(runId -> heardOfModel.add(runId + " " + text(LiveMessage.parse(message)))));
        real = List.of(ports(), ports());
        modelled =
                List.of(modelPorts(real.get(0).node()), modelPorts(real.get(1).node()));
        server.run("FLUSHALL");
        listen();
        // What was abandoned is looked for the first time; later is another time here and there.
        for (int node = 0; node < 2; node++) {
            both("take", node, ports -> ports.queues().take("agent", 1));
        }
    }

    private RedisPorts ports() {
        return RedisPorts.of(RedisAddress.parse(server.address()), link, SETTINGS, NO_TIME);
    }

    private ModelPorts modelPorts(String node) {
        return new ModelPorts(node, model, new Direct(), SETTINGS, afterFailover -> false, NO_TIME);
    }

    private void listen() {
        RunKeys keys = new RunKeys("ai:");
        link.listener(new RedisLink.Listener() {
            @Override
            public void message(String channel, byte[] message) {
                keys.runOfChannel(channel)
                        .ifPresent(runId -> heard.add(runId + " " + text(LiveMessage.parse(message))));
            }

            @Override
            public void subscriptionsBack() {}

            @Override
            public void reachable(boolean isNow) {}
        });
        for (int i = 0; i < 5; i++) {
            real.getFirst().authority().follow("r" + i).toCompletableFuture().join();
        }
    }

    void calls(int count) {
        for (int i = 0; i < count; i++) {
            now += random.nextInt(400);
            call();
        }
    }

    /** One call on both, with the same answer. */
    private <T> T both(String what, int node, Function<RedisPorts, CompletionStage<T>> call) {
        T ofRedis = call.apply(real.get(node)).toCompletableFuture().join();
        T ofModel = call.apply(modelled.get(node)).toCompletableFuture().join();
        assertThat(text(ofModel)).as(what).isEqualTo(text(ofRedis));
        return ofModel;
    }

    private void call() {
        int node = random.nextInt(2);
        String runId = "r" + random.nextInt(5);
        StoredRun seen = known.get(runId);
        switch (random.nextInt(26)) {
            case 0, 1 -> create(node, runId);
            case 2, 3, 4, 5, 6, 7, 8, 9 -> commit(node, runId);
            case 10 -> load(node, runId);
            case 11 -> both("tail", node, ports -> ports.authority().tail(runId));
            case 12 -> page(node, runId);
            case 13 -> {
                server.run("DEBUG", "CHANGE-REPL-ID");
                model.moved(false);
            }
            case 14 -> renew(node, runId);
            case 15 -> both("look", node, ports -> ports.authority().look(runId, now));
            case 16 -> {
                long until = random.nextBoolean() ? now + random.nextInt(2_000) : 0;
                both("readers", node, ports -> ports.authority().readers(runId, until, now));
            }
            case 17 -> {
                int attempt = random.nextInt(3);
                both("lease", node, ports -> ports.authority().renewLease(runId, attempt, now));
            }
            case 18 -> {
                long until = now + random.nextInt(3_000);
                both("keep", node, ports -> ports.authority().keep(runId, until, Duration.ofMinutes(30)));
            }
            case 19 -> {
                long ended = seen == null ? 0 : seen.record().endedAtMillis();
                both("delete", node, ports -> ports.authority().delete(runId, ended, now));
            }
            case 20 -> both("input", node, ports -> ports.authority().input(runId));
            case 21, 22 -> index(node, runId);
            case 23 -> due(node);
            case 24 -> both("note", node, ports -> ports.index().note(runId, "queued", "e" + now));
            default -> queue(node, runId);
        }
    }

    private void create(int node, String runId) {
        RunSpec spec = new RunSpec(
                runId,
                random.nextBoolean() ? RunSpec.EXTERNAL : "agent",
                random.nextInt(1, 4),
                random.nextBoolean(),
                random.nextInt(10_000),
                60_000,
                random.nextBoolean() ? "" : "key " + runId,
                "f",
                7,
                now);
        var first = MACHINE.create(spec, now);
        LogState log = LogState.empty(now);
        for (NewEvent event : first.events()) {
            log = log.with(event);
        }
        LogState begun = log;
        both(
                "create",
                node,
                ports -> ports.authority().create(first.record(), begun, first.events(), Json.json("{'a':1}"), now));
        load(node, runId);
    }

    private void load(int node, String runId) {
        both("load", node, ports -> ports.authority().load(runId))
                .ifPresentOrElse(run -> known.put(runId, run), () -> known.remove(runId));
    }

    /** By what is known of the run, which may be stale; at times the one before again. */
    private void commit(int node, String runId) {
        StoredRun seen = known.get(runId);
        if (seen == null) {
            return;
        }
        Commit again = lastCommits.get(node + " " + runId);
        Commit commit = again != null && random.nextInt(5) == 0 ? again : commit(seen);
        lastCommits.put(node + " " + runId, commit);
        both("commit " + commit.number(), node, ports -> ports.authority().commit(commit));
        if (random.nextInt(4) != 0) {
            load(node, runId);
        }
    }

    private Commit commit(StoredRun seen) {
        RunRecord run = seen.record();
        List<NewEvent> events = new ArrayList<>();
        int attempt = seen.log().attemptStarts().length + (random.nextInt(8) == 0 ? random.nextInt(1, 3) : 0);
        for (int i = random.nextInt(5); i > 0; i--) {
            EventType type = random.nextInt(5) == 0 ? EventType.PARTIAL : EventType.DELTA;
            events.add(new NewEvent(type, Json.ofSize(random.nextInt(2, 500), random.nextInt()), attempt));
        }
        Map<String, String> fields = new HashMap<>();
        if (random.nextInt(3) == 0) {
            fields.put("rev", Long.toString(seen.revision() + 1));
            fields.put("state", List.of("running", "cancelling", "retrying").get(random.nextInt(3)));
            fields.put("attempt", Integer.toString(attempt));
        }
        fields.put("heard", Long.toString(now));
        Map<String, String> producers = new HashMap<>();
        if (random.nextBoolean()) {
            String id = "w" + random.nextInt(2);
            var next = run.producers().next().get(id);
            producers.put(RunHash.producerField(id), next == null ? "" : RunHash.producerValue(next));
            fields.put(RunHash.producerField(id), "1 " + random.nextInt(20) + " 0");
        }
        boolean ends = random.nextInt(40) == 0;
        return new Commit(
                run.runId(),
                ++numbers,
                seen.log().epoch(),
                seen.revision(),
                producers,
                fields,
                events,
                ends ? Optional.of(Duration.ofHours(1)) : Optional.empty());
    }

    private void page(int node, String runId) {
        StoredRun seen = known.get(runId);
        if (seen != null) {
            long from = seen.log().firstHeldSeq() + random.nextInt(4);
            int most = random.nextInt(1, 1_500);
            both(
                    "events",
                    node,
                    ports -> ports.authority().events(runId, seen.log().epoch(), from, most));
        }
    }

    private void renew(int node, String runId) {
        StoredRun seen = known.get(runId);
        if (seen != null) {
            Optional<Long> greater =
                    random.nextBoolean() ? Optional.of(seen.log().epoch() + 1) : Optional.empty();
            both(
                    "renew",
                    node,
                    ports -> ports.authority().renew(runId, seen.log().epoch(), greater));
        }
    }

    private void index(int node, String runId) {
        String key = "k" + random.nextInt(3);
        switch (random.nextInt(12)) {
            case 0 -> both("opened", node, ports -> ports.index().opened(runId, now));
            case 1 -> both("ended", node, ports -> ports.index().ended(runId, key, now + 500, Duration.ofHours(1)));
            case 2 -> both("forget", node, ports -> ports.index().forget(runId, now - random(1_000), key));
            case 3 -> both("claim", node, ports -> ports.index().claimKey(key, runId));
            case 4 -> both("release", node, ports -> ports.index().releaseKey(key, runId));
            case 5 -> both("instead", node, ports -> ports.index().deadlineInsteadOf(runId, lastDeadline, now + 700));
            case 6 -> both("if none", node, ports -> ports.index().deadlineIfNone(runId, now + 300));
            case 7 -> {
                lastDeadline = now + 300;
                both("no later", node, ports -> ports.index().deadlineNoLater(runId, now + 300));
            }
            case 11 -> both("keep key", node, ports -> ports.index().keepKey(key));
            case 8 -> both("open runs", node, ports -> ports.index().openRuns());
            case 9 -> both("open", node, ports -> ports.index().open(random(2), 3));
            default -> {
                both("listed", node, ports -> ports.index().listed(Optional.empty(), 100));
                Optional<RunQuery.Place> after = Optional.of(new RunQuery.Place(now - 1_000, runId));
                both("listed after", node, ports -> ports.index().listed(after, 100));
            }
        }
    }

    private int random(int bound) {
        return Math.floorMod(Long.hashCode(now), bound);
    }

    private void due(int node) {
        long since = random.nextInt(4) == 0 ? now : now - 2_000;
        lastDeadline = both("due", node, ports -> ports.index().due(now, since)).againMillis();
    }

    private void queue(int node, String runId) {
        if (random.nextBoolean()) {
            String ofRedis = real.get(node)
                    .queues()
                    .add("agent", runId)
                    .toCompletableFuture()
                    .join();
            String ofModel = modelled.get(node)
                    .queues()
                    .add("agent", runId)
                    .toCompletableFuture()
                    .join();
            entries.put(ofModel, ofRedis);
            return;
        }
        int most = random.nextInt(1, 3);
        List<AgentQueues.Entry> ofRedis = real.get(node)
                .queues()
                .take("agent", most)
                .toCompletableFuture()
                .join();
        List<AgentQueues.Entry> ofModel = modelled.get(node)
                .queues()
                .take("agent", most)
                .toCompletableFuture()
                .join();
        assertThat(ofRedis.stream().map(AgentQueues.Entry::entryId))
                .isEqualTo(ofModel.stream()
                        .map(entry -> entries.get(entry.entryId()))
                        .toList());
        for (int i = 0; i < ofRedis.size(); i++) {
            if (random.nextBoolean()) {
                real.get(node)
                        .queues()
                        .done(ofRedis.get(i))
                        .toCompletableFuture()
                        .join();
                modelled.get(node)
                        .queues()
                        .done(ofModel.get(i))
                        .toCompletableFuture()
                        .join();
            }
            String entryOfRedis = ofRedis.get(i).entryId();
            String entryOfModel = ofModel.get(i).entryId();
            assertThat(modelled.get(node)
                            .queues()
                            .has("agent", entryOfModel)
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(real.get(node)
                            .queues()
                            .has("agent", entryOfRedis)
                            .toCompletableFuture()
                            .join());
        }
    }

    void hearsTheSame() throws InterruptedException {
        List<String> ofRedis = new ArrayList<>();
        for (int i = 0; i < heardOfModel.size(); i++) {
            ofRedis.add(String.valueOf(heard.poll(5, TimeUnit.SECONDS)));
        }
        assertThat(heardOfModel).isNotEmpty();
        // The order is kept for each run.
        ofRedis.sort(Comparator.comparing(text -> text.substring(0, 2)));
        heardOfModel.sort(Comparator.comparing(text -> text.substring(0, 2)));
        assertThat(ofRedis).isEqualTo(heardOfModel);
        assertThat(heard).isEmpty();
    }

    /** With all that arrays hold. */
    private static String text(Object value) {
        return switch (value) {
            case null -> "nothing";
            case Optional<?> optional -> optional.map(ModelComparison::text).orElse("none");
            case List<?> list ->
                list.stream().map(ModelComparison::text).toList().toString();
            case LogState log ->
                "log " + log.epoch() + " " + log.firstSeq() + " " + log.lastSeq() + " " + log.heldDataBytes() + " "
                        + log.latestPartialSeq() + " " + log.islandSeq() + " " + log.islandDataBytes() + " "
                        + Arrays.toString(log.attemptStarts());
            case StoredRun run ->
                run.record().withProducers(Producers.NONE) + " "
                        + new TreeMap<>(run.record().producers().next()) + " " + text(run.log()) + " " + run.revision()
                        + " " + run.heardMillis() + " "
                        + run.goneMillis() + " " + run.keptUntilMillis() + " " + run.queueEntry();
            case Authority.Look look -> text(look.run()) + " " + look.readingNodes() + " " + look.lastReaderMillis();
            case StoredEvent event -> event.type() + " " + event.data();
            case NewEvent event -> event.type() + " " + event.data() + " " + event.attempt();
            case JsonBytes json -> json.toString();
            case Commit.Answer.Stored stored ->
                "stored " + stored.lastSeq() + " " + stored.bytes() + text(stored.log());
            case Commit.Answer.Again again -> "again " + again.lastSeq() + " " + text(again.now());
            case Commit.Answer.Stale stale -> "stale " + text(stale.now());
            case Commit.Answer.Moved moved -> "moved " + moved.afterFailover() + " " + text(moved.now());
            case LiveMessage told ->
                told.node() + " " + told.lastSeq() + " " + told.bytes() + " " + text(told.log()) + " "
                        + new TreeMap<>(told.changes()) + " " + text(told.events());
            default -> value.toString();
        };
    }
}
