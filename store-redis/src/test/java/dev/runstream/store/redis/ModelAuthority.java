package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.RunRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** {@link Authority} by the {@link ModelRedis}. */
final class ModelAuthority implements Authority {
    private final ModelRedis redis;
    private final ModelWire wire;
    private final String node;
    private final long capBytes;
    private final SeenTails seen = new SeenTails();
    /** By run and attempt, for a plant. */
    private final Map<String, StoredRun> remembered = new HashMap<>();

    ModelAuthority(ModelRedis redis, ModelWire wire, String node, long capBytes) {
        this.redis = redis;
        this.wire = wire;
        this.node = node;
        this.capBytes = capBytes;
    }

    private <T> CompletionStage<Optional<T>> ofRun(String runId, Function<ModelRun, T> action) {
        return wire.call(runId, () -> redis.run(runId).map(action));
    }

    private CompletionStage<Boolean> done(String runId, Function<ModelRun, Boolean> action) {
        return ofRun(runId, action).thenApply(found -> found.orElse(false));
    }

    @Override
    public CompletionStage<Optional<StoredRun>> create(
            RunRecord run, LogState log, List<NewEvent> events, JsonBytes input, long heardMillis) {
        return wire.call(run.runId(), () -> {
            Optional<ModelRun> there = redis.run(run.runId());
            if (there.isPresent()) {
                return there.map(ModelRun::stored);
            }
            ModelRun fresh =
                    new ModelRun(run.runId(), redis.fresh(RunHash.ofNew(run, log, capBytes, heardMillis)), input);
            for (int i = 0; i < events.size(); i++) {
                fresh.put(i + 1L, events.get(i));
            }
            redis.runs().put(run.runId(), fresh);
            return Optional.empty();
        });
    }

    @Override
    public CompletionStage<Commit.Answer> commit(Commit commit) {
        long ttlMillis = commit.expiry()
                .map(expiry -> expiry.plus(RedisPorts.AFTER_RETENTION).toMillis())
                .orElse(0L);
        return wire.<Commit.Answer>call(
                        commit.runId(),
                        () -> redis.run(commit.runId())
                                .map(run -> run.commit(node, commit, ttlMillis, redis))
                                .orElseGet(Commit.Answer.Gone::new))
                .thenApply(answer -> {
                    seen.saw(commit, answer);
                    return answer;
                });
    }

    @Override
    public CompletionStage<Optional<StoredRun>> load(String runId) {
        return ofRun(runId, ModelRun::stored).thenApply(run -> {
            run.ifPresent(seen::saw);
            return run;
        });
    }

    /** A message is about to be handed on. */
    LiveMessage arrives(String runId, LiveMessage message) {
        LiveMessage told =
                redis.plant() == Plant.TAKES_MESSAGES_OUT_OF_SEQUENCE ? seen.asIfNext(runId, message) : message;
        seen.told(runId, told);
        return told;
    }

    @Override
    public CompletionStage<Optional<Tail>> tail(String runId) {
        return ofRun(runId, run -> Tail.of(run.stored()))
                .thenApply(tail -> redis.plant() == Plant.FOLLOWS_WITHOUT_COMPARING
                        ? tail.map(real -> seen.instead(runId, real))
                        : tail);
    }

    @Override
    public CompletionStage<Optional<StoredRun>> renew(String runId, long epoch, Optional<Long> greaterEpoch) {
        return ofRun(runId, run -> {
            run.renew(epoch, greaterEpoch, redis);
            return run.stored();
        });
    }

    @Override
    public CompletionStage<List<StoredEvent>> events(String runId, long epoch, long fromSeq, int maxBytes) {
        boolean skips = redis.plant() == Plant.SKIPS_WHAT_IS_MISSING;
        return ofRun(runId, run -> run.page(epoch, fromSeq, maxBytes, skips))
                .thenApply(page -> page.orElse(List.of()).stream()
                        .map(event -> new StoredEvent(event.type(), event.data()))
                        .toList());
    }

    @Override
    public CompletionStage<Optional<JsonBytes>> input(String runId) {
        return ofRun(runId, run -> run.input);
    }

    @Override
    public CompletionStage<Optional<Look>> look(String runId, long nowMillis) {
        return ofRun(runId, run -> run.look(nowMillis)).thenApply(look -> look.map(this::remembering));
    }

    private Look remembering(Look look) {
        if (redis.plant() != Plant.REMEMBERS_THE_LEASE) {
            return look;
        }
        StoredRun now = look.run();
        StoredRun first = remembered.merge(
                now.runId() + " " + now.record().attempt() + " " + now.log().epoch(), now, (before, after) -> before);
        StoredRun mixed = new StoredRun(
                now.record(),
                now.log(),
                now.revision(),
                first.heardMillis(),
                now.goneMillis(),
                now.keptUntilMillis(),
                now.queueEntry());
        return new Look(mixed, look.readingNodes(), look.lastReaderMillis());
    }

    @Override
    public CompletionStage<Boolean> readers(String runId, long untilMillis, long nowMillis) {
        return done(runId, run -> {
            run.readers(node, untilMillis, nowMillis);
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> renewLease(String runId, int attempt, long nowMillis) {
        return done(runId, run -> run.renewLease(attempt, nowMillis));
    }

    @Override
    public CompletionStage<Boolean> keep(String runId, long untilMillis, Duration atLeast) {
        return done(runId, run -> {
            run.keep(untilMillis, atLeast.toMillis(), redis.nowMillis());
            return true;
        });
    }

    @Override
    public CompletionStage<Boolean> delete(String runId, long endedAtMillis, long nowMillis) {
        return ofRun(
                        runId,
                        run -> run.mayGo(endedAtMillis, nowMillis)
                                && redis.runs().remove(runId, run))
                .thenApply(gone -> gone.orElse(true));
    }

    @Override
    public CompletionStage<Void> follow(String runId) {
        return wire.subscribe(ModelRedis.channel(runId));
    }

    @Override
    public void unfollow(String runId) {
        if (redis.plant() != Plant.NEVER_UNSUBSCRIBES) {
            wire.unsubscribe(ModelRedis.channel(runId));
        }
    }
}
