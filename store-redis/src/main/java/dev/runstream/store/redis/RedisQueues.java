package dev.runstream.store.redis;

import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisScript;
import dev.runstream.store.redis.link.RedisShape;
import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@link AgentQueues} in streams of a real Redis, each with one consumer group. */
final class RedisQueues implements AgentQueues {
    private static final String GROUP = "workers";
    private static final Duration HELD_TOO_LONG = Duration.ofSeconds(15);
    private static final RedisScript CONSUMERS = RedisScript.ofResource(RedisQueues.class, "consumers.lua");
    private static final RedisScript UNASKED = RedisScript.ofResource(RedisQueues.class, "unasked.lua");
    private static final Duration SILENT_TOO_LONG = Duration.ofHours(1);
    private static final long CLAIM_MILLIS = 5_000;
    private static final String RUN = "run";

    // immutable
    private final RedisLink link;
    private final RunKeys keys;
    private final String node;
    private final Timers timers;

    // shared
    private final Set<String> grouped = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> claimed = new ConcurrentHashMap<>();

    RedisQueues(RedisLink link, RunKeys keys, String node, Timers timers) {
        this.link = link;
        this.keys = keys;
        this.node = node;
        this.timers = timers;
    }

    @Override
    public CompletionStage<String> add(String agent, String runId) {
        Map<String, byte[]> entry = Map.of(RUN, runId.getBytes(StandardCharsets.UTF_8));
        return link.call(commands -> commands.xadd(keys.queue(agent), entry)).thenApply(id -> {
            tell(agent);
            return id;
        });
    }

    private void tell(String agent) {
        byte[] name = agent.getBytes(StandardCharsets.UTF_8);
        link.call(commands -> link.shape() == RedisShape.CLUSTER
                ? commands.spublish(keys.queueChannel(), name)
                : commands.publish(keys.queueChannel(), name));
    }

    @Override
    public CompletionStage<List<Entry>> take(String agent, int most) {
        return inGroup(agent, () -> claimAbandoned(agent, most))
                .thenCompose(abandoned -> abandoned.size() >= most
                        ? CompletableFuture.completedFuture(abandoned)
                        : inGroup(agent, () -> readNew(agent, most - abandoned.size()))
                                .thenApply(fresh -> {
                                    List<Entry> all = new ArrayList<>(abandoned);
                                    all.addAll(fresh);
                                    return all;
                                }));
    }

    @SuppressWarnings("unchecked") // one stream, of a generic type, as a variable argument
    private CompletionStage<List<Entry>> readNew(String agent, int most) {
        XReadArgs.StreamOffset<String> rest = XReadArgs.StreamOffset.lastConsumed(keys.queue(agent));
        return link.call(commands ->
                        commands.xreadgroup(Consumer.from(GROUP, node), XReadArgs.Builder.count(most), rest))
                .thenApply(found -> entries(agent, found));
    }

    /** Looks for them every few seconds only. */
    private CompletionStage<List<Entry>> claimAbandoned(String agent, int most) {
        long now = timers.nowMillis();
        Long before = claimed.get(agent);
        if (before != null && now - before < CLAIM_MILLIS) {
            return CompletableFuture.completedFuture(List.of());
        }
        claimed.put(agent, now);
        XAutoClaimArgs<String> args = XAutoClaimArgs.Builder.<String>xautoclaim(
                        Consumer.from(GROUP, node), HELD_TOO_LONG, "0-0")
                .count(most);
        return link.call(commands -> commands.xautoclaim(keys.queue(agent), args))
                .thenApply(found -> entries(agent, found.getMessages()));
    }

    private static List<Entry> entries(String agent, List<StreamMessage<String, byte[]>> found) {
        return found.stream()
                .filter(entry -> entry.getBody() != null && entry.getBody().containsKey(RUN))
                .map(entry -> new Entry(
                        agent, entry.getId(), RunHash.text(entry.getBody().get(RUN))))
                .toList();
    }

    /** The group is made when it is first needed, and again where Redis has forgotten it. */
    private <T> CompletionStage<T> inGroup(String agent, Supplier<CompletionStage<T>> action) {
        CompletionStage<Void> ready =
                grouped.contains(agent) ? CompletableFuture.completedFuture(null) : createGroup(agent);
        return ready.thenCompose(made -> action.get())
                .handle((answer, fault) -> {
                    if (fault != null && isNoGroup(fault)) {
                        grouped.remove(agent);
                        return createGroup(agent).thenCompose(made -> action.get());
                    }
                    return fault == null
                            ? CompletableFuture.completedStage(answer)
                            : CompletableFuture.<T>failedStage(fault);
                })
                .thenCompose(Function.identity());
    }

    private static boolean isNoGroup(Throwable fault) {
        return Commits.unwrapped(fault) instanceof RedisCommandExecutionException refused
                && String.valueOf(refused.getMessage()).startsWith("NOGROUP");
    }

    private CompletionStage<Void> createGroup(String agent) {
        XReadArgs.StreamOffset<String> all = XReadArgs.StreamOffset.from(keys.queue(agent), "0-0");
        return link.call(commands -> commands.xgroupCreate(all, GROUP, XGroupCreateArgs.Builder.mkstream()))
                .handle((made, fault) -> {
                    if (fault != null
                            && !(Commits.unwrapped(fault) instanceof RedisBusyException)
                            && !String.valueOf(Commits.unwrapped(fault).getMessage())
                                    .startsWith("BUSYGROUP")) {
                        return CompletableFuture.<Void>failedStage(fault);
                    }
                    grouped.add(agent);
                    return removeSilentConsumers(agent);
                })
                .thenCompose(Function.identity());
    }

    /** Who is killed leaves its consumer behind. */
    private CompletionStage<Void> removeSilentConsumers(String agent) {
        ScriptArguments arguments = new ScriptArguments().text(GROUP).number(SILENT_TOO_LONG.toMillis());
        return link.<Long>eval(
                        CONSUMERS, ScriptOutputType.INTEGER, new String[] {keys.queue(agent)}, arguments.toArray())
                .thenAccept(removed -> {});
    }

    /**
     * Deleted first: what is held of an entry that is gone goes when others look for what was abandoned, but an entry that
     * nobody holds would stay for ever.
     */
    @Override
    public CompletionStage<Void> done(Entry entry) {
        String key = keys.queue(entry.agent());
        return link.call(commands -> commands.xdel(key, entry.entryId()))
                .thenCompose(deleted -> link.call(commands -> commands.xack(key, GROUP, entry.entryId())))
                .thenAccept(acknowledged -> {});
    }

    @Override
    public CompletionStage<Boolean> has(String agent, String entryId) {
        return link.call(commands -> commands.xrange(keys.queue(agent), Range.create(entryId, entryId), Limit.from(1)))
                .thenApply(found -> !found.isEmpty());
    }

    @Override
    public CompletionStage<Duration> unasked(String agent) {
        byte[][] arguments = new ScriptArguments().text(GROUP).toArray();
        return link.<Long>eval(UNASKED, ScriptOutputType.INTEGER, new String[] {keys.queue(agent)}, arguments)
                .thenApply(millis -> Duration.ofMillis(millis < 0 ? Long.MAX_VALUE : millis));
    }

    @Override
    public CompletionStage<Void> listen() {
        return link.subscribe(keys.queueChannel());
    }

    /**
     * Redis forgets what a consumer holds together with the consumer, and gives it to nobody any more; so one that holds
     * something stays, until others have claimed that.
     */
    @Override
    public CompletionStage<Void> leave() {
        CompletableFuture<?>[] left = grouped.stream()
                .map(agent -> leave(keys.queue(agent)).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(left);
    }

    private CompletionStage<Long> leave(String queue) {
        Consumer<String> consumer = Consumer.from(GROUP, node);
        return link.call(commands -> commands.xpending(queue, consumer, Range.<String>unbounded(), Limit.from(1)))
                .thenCompose(held -> held.isEmpty()
                        ? link.call(commands -> commands.xgroupDelconsumer(queue, consumer))
                        : CompletableFuture.completedFuture(0L));
    }
}
