package dev.runstream.store.redis;

import dev.runstream.core.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** {@link AgentQueues} by the {@link ModelRedis}, with its commands in the order of the real one. */
final class ModelAgentQueues implements AgentQueues {
    private static final long CLAIM_MILLIS = 5_000;

    private final ModelRedis redis;
    private final ModelWire wire;
    private final String node;
    private final Timers timers;
    private final Map<String, Long> claimed = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    ModelAgentQueues(ModelRedis redis, ModelWire wire, String node, Timers timers) {
        this.redis = redis;
        this.wire = wire;
        this.node = node;
        this.timers = timers;
    }

    private static String key(String agent) {
        return "queue " + agent;
    }

    @Override
    public CompletionStage<String> add(String agent, String runId) {
        return wire.call(key(agent), () -> redis.queues().add(agent, runId)).thenApply(entry -> {
            wire.call(key(agent), () -> {
                redis.publish(ModelRedis.queueChannel(), agent.getBytes(StandardCharsets.UTF_8));
                return true;
            });
            return entry;
        });
    }

    @Override
    public CompletionStage<List<Entry>> take(String agent, int most) {
        taken.add(agent);
        return claimAbandoned(agent, most)
                .thenCompose(abandoned -> abandoned.size() >= most
                        ? CompletableFuture.completedFuture(abandoned)
                        : wire.call(
                                        key(agent),
                                        () -> redis.queues()
                                                .read(agent, node, most - abandoned.size(), redis.nowMillis()))
                                .thenApply(fresh -> {
                                    List<Entry> all = new ArrayList<>(abandoned);
                                    all.addAll(fresh);
                                    return all;
                                }))
                .thenApply(this::acknowledgedEarly);
    }

    private List<Entry> acknowledgedEarly(List<Entry> entries) {
        if (redis.plant() == Plant.ACKNOWLEDGES_BEFORE_THE_BEGIN) {
            entries.forEach(this::done);
        }
        return entries;
    }

    private CompletionStage<List<Entry>> claimAbandoned(String agent, int most) {
        long now = timers.nowMillis();
        Long before = claimed.get(agent);
        boolean never = redis.plant() == Plant.NEVER_CLAIMS_WHAT_WAS_ABANDONED;
        if (never || (before != null && now - before < CLAIM_MILLIS)) {
            return CompletableFuture.completedFuture(List.of());
        }
        claimed.put(agent, now);
        return wire.call(key(agent), () -> redis.queues().claim(agent, node, most, redis.nowMillis()));
    }

    @Override
    public CompletionStage<Void> done(Entry entry) {
        return change(entry.agent(), queues -> queues.delete(entry.agent(), entry.entryId()))
                .thenCompose(
                        deleted -> change(entry.agent(), queues -> queues.acknowledge(entry.agent(), entry.entryId())));
    }

    private CompletionStage<Void> change(String agent, Consumer<ModelQueues> command) {
        return wire.<Boolean>call(key(agent), () -> {
                    command.accept(redis.queues());
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Boolean> has(String agent, String entryId) {
        return wire.call(key(agent), () -> redis.queues().has(agent, entryId));
    }

    /** Only a line in the log rests on it. */
    @Override
    public CompletionStage<Duration> unasked(String agent) {
        return CompletableFuture.completedFuture(Duration.ZERO);
    }

    @Override
    public CompletionStage<Void> listen() {
        return wire.subscribe(ModelRedis.queueChannel());
    }

    @Override
    public CompletionStage<Void> leave() {
        CompletableFuture<?>[] left = taken.stream()
                .map(agent -> wire.call(key(agent), () -> {
                            boolean holds = redis.queues().holds(agent, node);
                            if (!holds || redis.plant() == Plant.LEAVES_WITH_WHAT_IT_HOLDS) {
                                redis.queues().dropConsumer(agent, node);
                            }
                            return true;
                        })
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(left);
    }
}
