package dev.runstream.store.redis;

import dev.runstream.core.run.RunQuery;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisScript;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** {@link SharedIndex} in a real Redis. */
final class RedisIndex implements SharedIndex {
    private static final RedisScript DUE = RedisScript.ofResource(RedisIndex.class, "due.lua");
    private static final RedisScript DEADLINE = RedisScript.ofResource(RedisIndex.class, "deadline.lua");
    private static final RedisScript UNLIST = RedisScript.ofResource(RedisIndex.class, "unlist.lua");
    private static final RedisScript NOTE = RedisScript.ofResource(RedisIndex.class, "note.lua");
    private static final RedisScript RELEASE = RedisScript.ofResource(RedisIndex.class, "release.lua");
    private static final Duration TOKEN_LIVES = Duration.ofMinutes(5);
    private static final Duration CLAIM_LIVES = Duration.ofDays(1);
    /** A process that is silent for so long is taken for away, and when all are the time of workers stands still. */
    private static final long AWAY_MILLIS = 1_000;

    private static final long HAND_OUT_AGAIN_MILLIS = 5_000;
    private static final int DUE_AT_ONCE = 100;

    private final RedisLink link;
    private final RunKeys keys;

    RedisIndex(RedisLink link, RunKeys keys) {
        this.link = link;
        this.keys = keys;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private <T> CompletionStage<Void> call(
            Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
        return link.call(command).thenAccept(answer -> {});
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
        return link.call(commands -> commands.zcard(keys.openRuns()));
    }

    /** First where the sweep looks, so that it finds what is left of this where the connection breaks. */
    @Override
    public CompletionStage<Void> opened(String runId, long createdAtMillis) {
        return call(commands -> commands.zadd(keys.openRuns(), (double) createdAtMillis, bytes(runId)))
                .thenCompose(
                        listed -> call(commands -> commands.zadd(keys.runs(), (double) createdAtMillis, bytes(runId))));
    }

    /**
     * On one connection it stays listed as open until it is sure to be looked at when its time is over. On a Cluster one of
     * the two can be lost; then it is looked at when every run is.
     */
    @Override
    public CompletionStage<Void> ended(String runId, String idempotencyKey, long expiresAtMillis, Duration keptFor) {
        CompletionStage<Void> due =
                call(commands -> commands.zadd(keys.deadlines(), (double) expiresAtMillis, bytes(runId)));
        CompletionStage<Void> keyKept = idempotencyKey.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : call(commands -> commands.pexpire(keys.idempotency(idempotencyKey), keptFor));
        return all(due, keyKept, call(commands -> commands.zrem(keys.openRuns(), bytes(runId))));
    }

    /** Last where it is looked for, so that it is forgotten again where the connection breaks. */
    @Override
    public CompletionStage<Void> forget(String runId, long createdBeforeMillis, String idempotencyKey) {
        CompletionStage<Void> keyReleased = releaseKey(idempotencyKey, runId);
        return unlist(keys.runs(), runId, createdBeforeMillis)
                .thenCombine(keyReleased, (isAnother, released) -> isAnother)
                .thenCompose(isAnother -> isAnother
                        ? CompletableFuture.completedFuture(null)
                        : all(
                                unlist(keys.openRuns(), runId, createdBeforeMillis),
                                call(commands -> commands.zrem(keys.deadlines(), bytes(runId)))));
    }

    /** Whether a later run of that name is listed. */
    private CompletionStage<Boolean> unlist(String list, String runId, long createdBeforeMillis) {
        return link.<Long>eval(
                        UNLIST,
                        ScriptOutputType.INTEGER,
                        new String[] {list},
                        new ScriptArguments()
                                .text(runId)
                                .number(createdBeforeMillis)
                                .toArray())
                .thenApply(answer -> answer == 1);
    }

    @Override
    public CompletionStage<String> claimKey(String key, String runId) {
        return link.call(commands -> commands.setGet(
                        keys.idempotency(key),
                        bytes(runId),
                        SetArgs.Builder.nx().px(CLAIM_LIVES)))
                .thenApply(there -> there == null ? runId : RunHash.text(there));
    }

    @Override
    public CompletionStage<Void> keepKey(String key) {
        return call(commands -> commands.persist(keys.idempotency(key)));
    }

    @Override
    public CompletionStage<Void> releaseKey(String key, String runId) {
        return key.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : link.<Long>eval(
                                RELEASE,
                                ScriptOutputType.INTEGER,
                                new String[] {keys.idempotency(key)},
                                new ScriptArguments().text(runId).toArray())
                        .thenAccept(released -> {});
    }

    @Override
    public CompletionStage<Void> deadlineIfNone(String runId, long dueMillis) {
        return call(
                commands -> commands.zadd(keys.deadlines(), ZAddArgs.Builder.nx(), (double) dueMillis, bytes(runId)));
    }

    @Override
    public CompletionStage<Void> deadlineNoLater(String runId, long dueMillis) {
        return call(
                commands -> commands.zadd(keys.deadlines(), ZAddArgs.Builder.lt(), (double) dueMillis, bytes(runId)));
    }

    @Override
    public CompletionStage<Void> deadlineInsteadOf(String runId, long knownMillis, long dueMillis) {
        return link.<Long>eval(
                        DEADLINE,
                        ScriptOutputType.INTEGER,
                        new String[] {keys.deadlines()},
                        new ScriptArguments()
                                .text(runId)
                                .number(dueMillis)
                                .number(knownMillis)
                                .toArray())
                .thenAccept(written -> {});
    }

    @Override
    public CompletionStage<Due> due(long nowMillis, long thereSinceMillis) {
        long again = nowMillis + HAND_OUT_AGAIN_MILLIS;
        ScriptArguments arguments = new ScriptArguments()
                .number(nowMillis)
                .number(thereSinceMillis)
                .number(AWAY_MILLIS)
                .number(again)
                .number(DUE_AT_ONCE);
        String[] touched = {keys.up(), keys.deadlines()};
        return link.<List<Object>>eval(DUE, ScriptOutputType.MULTI, touched, arguments.toArray())
                .thenApply(answer -> new Due(
                        Long.parseLong(RunHash.text(answer.getFirst())),
                        answer.stream().skip(1).map(RunHash::text).toList(),
                        again,
                        answer.size() > DUE_AT_ONCE));
    }

    @Override
    public CompletionStage<Void> announceStop(String runId) {
        return all(
                call(commands -> commands.set(keys.cancelToken(runId), bytes("1"), SetArgs.Builder.ex(TOKEN_LIVES))),
                call(commands -> commands.publish(keys.cancelChannel(), bytes(runId))));
    }

    @Override
    public CompletionStage<Void> withdrawStop(String runId) {
        return call(commands -> commands.del(keys.cancelToken(runId)));
    }

    @Override
    public CompletionStage<List<RunQuery.Place>> listed(Optional<RunQuery.Place> after, int most) {
        Range<Long> upTo = after.map(place -> Range.create(0L, place.createdAtMillis()))
                .orElseGet(() -> Range.from(Range.Boundary.including(0L), Range.Boundary.unbounded()));
        return listed(upTo, after, most, List.of());
    }

    /** Redis orders runs of one millisecond the other way round, so each millisecond is taken whole. */
    private CompletionStage<List<RunQuery.Place>> listed(
            Range<Long> upTo, Optional<RunQuery.Place> after, int most, List<RunQuery.Place> before) {
        return link.call(commands -> commands.zrevrangebyscoreWithScores(keys.runs(), upTo, Limit.from(most)))
                .thenCompose(found -> wholeMillis(found, most))
                .thenCompose(places -> {
                    List<RunQuery.Place> all = new ArrayList<>(before);
                    places.stream()
                            .filter(place -> after.isEmpty() || place.compareTo(after.get()) > 0)
                            .sorted()
                            .forEach(all::add);
                    boolean more = places.size() >= most && all.size() < most;
                    if (!more) {
                        return CompletableFuture.completedFuture(all);
                    }
                    long lowest = places.stream()
                            .mapToLong(RunQuery.Place::createdAtMillis)
                            .min()
                            .orElse(0);
                    Range<Long> below = Range.from(Range.Boundary.including(0L), Range.Boundary.excluding(lowest));
                    return listed(below, after, most, all);
                });
    }

    private CompletionStage<List<RunQuery.Place>> wholeMillis(List<ScoredValue<byte[]>> found, int asked) {
        if (found.size() < asked) {
            return CompletableFuture.completedFuture(places(found));
        }
        long last = (long) found.getLast().getScore();
        List<ScoredValue<byte[]>> above =
                found.stream().filter(value -> (long) value.getScore() != last).toList();
        return link.call(commands -> commands.zrangebyscoreWithScores(keys.runs(), Range.create(last, last)))
                .thenApply(whole -> {
                    List<RunQuery.Place> places = new ArrayList<>(places(above));
                    places.addAll(places(whole));
                    return places;
                });
    }

    private static List<RunQuery.Place> places(List<ScoredValue<byte[]>> values) {
        return values.stream()
                .map(value -> new RunQuery.Place((long) value.getScore(), RunHash.text(value.getValue())))
                .toList();
    }

    @Override
    public CompletionStage<List<RunQuery.Place>> open(long offset, int most) {
        return link.call(commands -> commands.zrangeWithScores(keys.openRuns(), offset, offset + most - 1))
                .thenApply(RedisIndex::places);
    }

    @Override
    public CompletionStage<Boolean> note(String runId, String field, String value) {
        return link.<Long>eval(
                        NOTE,
                        ScriptOutputType.INTEGER,
                        new String[] {keys.meta(runId)},
                        new ScriptArguments().text(field).text(value).toArray())
                .thenApply(written -> written == 1);
    }
}
