package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** {@link SharedIndex} by the {@link ModelRedis}: as the real one, each of its keys by a command of its own. */
final class ModelSharedIndex implements SharedIndex {
    private final ModelRedis redis;
    private final ModelWire wire;

    ModelSharedIndex(ModelRedis redis, ModelWire wire) {
        this.redis = redis;
        this.wire = wire;
    }

    private CompletionStage<Void> change(String key, Consumer<ModelIndex> command) {
        return wire.<Boolean>call(key, () -> {
                    command.accept(redis.index());
                    return true;
                })
                .thenAccept(done -> {});
    }

    private static CompletionStage<Void> all(CompletionStage<?>... stages) {
        CompletableFuture<?>[] futures = new CompletableFuture<?>[stages.length];
        for (int i = 0; i < stages.length; i++) {
            futures[i] = stages[i].toCompletableFuture();
        }
        return CompletableFuture.allOf(futures);
    }

    @Override
    public CompletionStage<Long> openRuns() {
        return wire.call("open", () -> redis.index().openRuns());
    }

    @Override
    public CompletionStage<Void> opened(String runId, long createdAtMillis) {
        return change("open", index -> index.openedOne(runId, createdAtMillis))
                .thenCompose(listed -> change("runs", index -> index.listed(runId, createdAtMillis)));
    }

    @Override
    public CompletionStage<Void> ended(String runId, String idempotencyKey, long expiresAtMillis, Duration keptFor) {
        CompletionStage<Void> due = change("deadlines", index -> index.deadline(runId, expiresAtMillis));
        CompletionStage<Void> keyKept = idempotencyKey.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : change(
                        idempotencyKey,
                        index -> index.expireKey(idempotencyKey, redis.nowMillis() + keptFor.toMillis()));
        return all(due, keyKept, change("open", index -> index.closedOne(runId)));
    }

    @Override
    public CompletionStage<Void> forget(String runId, long createdBeforeMillis, String idempotencyKey) {
        CompletionStage<Boolean> unlisted =
                wire.call("runs", () -> redis.index().unlisted(runId, createdBeforeMillis));
        return unlisted.thenCombine(releaseKey(idempotencyKey, runId), (isAnother, released) -> isAnother)
                .thenCompose(isAnother -> isAnother
                        ? CompletableFuture.completedFuture(null)
                        : all(
                                change("open", index -> index.unlistedAsOpen(runId, createdBeforeMillis)),
                                change("deadlines", index -> index.undue(runId))));
    }

    @Override
    public CompletionStage<String> claimKey(String key, String runId) {
        return wire.call(key, () -> redis.index().claimKey(key, runId, redis.nowMillis()));
    }

    @Override
    public CompletionStage<Void> keepKey(String key) {
        return change(key, index -> index.expireKey(key, Long.MAX_VALUE));
    }

    @Override
    public CompletionStage<Void> releaseKey(String key, String runId) {
        return key.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : change(key, index -> index.releaseKey(key, runId));
    }

    @Override
    public CompletionStage<Void> deadlineIfNone(String runId, long dueMillis) {
        return change("deadlines", index -> index.deadlineIfNone(runId, dueMillis));
    }

    @Override
    public CompletionStage<Void> deadlineNoLater(String runId, long dueMillis) {
        return change("deadlines", index -> index.deadlineNoLater(runId, dueMillis));
    }

    @Override
    public CompletionStage<Void> deadlineInsteadOf(String runId, long knownMillis, long dueMillis) {
        return change("deadlines", index -> index.deadlineInsteadOf(runId, knownMillis, dueMillis));
    }

    @Override
    public CompletionStage<Due> due(long nowMillis, long thereSinceMillis) {
        return wire.call("deadlines", () -> redis.index().due(nowMillis, thereSinceMillis))
                .thenApply(due -> redis.plant() == Plant.LOSES_DEADLINES
                        ? new Due(due.upSinceMillis(), List.of(), 0, false)
                        : due);
    }

    @Override
    public CompletionStage<Void> announceStop(String runId) {
        return change(runId + ":cancel", index -> {
            if (redis.plant() != Plant.SETS_NO_TOKEN) {
                index.setToken(runId, redis.nowMillis());
            }
        });
    }

    @Override
    public CompletionStage<Void> withdrawStop(String runId) {
        return change(runId + ":cancel", index -> index.removeToken(runId));
    }

    @Override
    public CompletionStage<List<RunQuery.Place>> listed(Optional<RunQuery.Place> after, int most) {
        return wire.call("runs", () -> redis.index().listed(after, most));
    }

    @Override
    public CompletionStage<List<RunQuery.Place>> open(long offset, int most) {
        return wire.call("open", () -> redis.index().open(offset, most));
    }

    @Override
    public CompletionStage<Boolean> note(String runId, String field, String value) {
        return wire.call(runId, () -> {
            Optional<ModelRun> run = redis.run(runId);
            run.ifPresent(there -> there.note(field, value));
            return run.isPresent();
        });
    }
}
