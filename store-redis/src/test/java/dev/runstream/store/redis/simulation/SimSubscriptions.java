package dev.runstream.store.redis.simulation;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.store.redis.ModelPorts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A process's connection for messages, on which they may be lost, come twice, and late. */
final class SimSubscriptions {
    private static final long PATIENCE_MILLIS = 5_000;

    private final World world;
    private final SimProcess process;
    private ModelPorts.@Nullable Incoming incoming;
    private final Map<String, Wanted> wanted = new TreeMap<>();
    private final Set<Wanted> lost = new HashSet<>();

    // of the connection that stands
    private boolean up = true;
    private final Deque<Runnable> toRedis = new ArrayDeque<>();
    private final List<Runnable> toProcess = new ArrayList<>();
    private final Set<String> atRedis = new HashSet<>();
    private boolean dead;

    private static final class Wanted {
        final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        boolean stood;
    }

    SimSubscriptions(World world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    void listener(ModelPorts.Incoming tells) {
        incoming = tells;
    }

    CompletionStage<Void> subscribe(String channel) {
        Wanted there = wanted.get(channel);
        if (there != null) {
            return there.acknowledged;
        }
        Wanted asked = new Wanted();
        wanted.put(channel, asked);
        send(channel, asked);
        world.time.in(PATIENCE_MILLIS, () -> process.run(() -> giveUp(channel, asked)));
        return asked.acknowledged;
    }

    private void giveUp(String channel, Wanted asked) {
        if (!asked.acknowledged.isDone() && wanted.remove(channel, asked)) {
            sendAway(channel);
            asked.acknowledged.completeExceptionally(
                    new StoreUnavailableException("Redis did not acknowledge the subscription"));
        }
    }

    private void send(String channel, Wanted asked) {
        if (up) {
            toRedis.add(() -> {
                atRedis.add(channel);
                toProcess.add(() -> acknowledged(channel, asked));
            });
        }
    }

    private void sendAway(String channel) {
        if (up) {
            toRedis.add(() -> atRedis.remove(channel));
        }
    }

    private void acknowledged(String channel, Wanted asked) {
        if (wanted.get(channel) != asked) {
            return;
        }
        asked.stood = true;
        asked.acknowledged.complete(null);
        if (lost.remove(asked) && lost.isEmpty() && incoming != null) {
            incoming.back();
        }
    }

    void unsubscribe(String channel) {
        Wanted there = wanted.remove(channel);
        if (there != null) {
            sendAway(channel);
            lost.remove(there);
            there.acknowledged.completeExceptionally(new StoreUnavailableException("unsubscribed"));
        }
    }

    /** Something is published. */
    void offer(String channel, byte[] message) {
        if (!atRedis.contains(channel)) {
            return;
        }
        Runnable arrives = () -> {
            if (incoming != null) {
                incoming.message(channel, message);
            }
        };
        for (int copies = world.copiesOfAMessage(); copies > 0; copies--) {
            toProcess.add(
                    world.chance.oneIn(12) ? world.chance.between(0, toProcess.size()) : toProcess.size(), arrives);
        }
    }

    void addMoves(List<Runnable> moves) {
        if (!toRedis.isEmpty() && world.isRedisUp()) {
            moves.add(() -> toRedis.remove().run());
        }
        if (!toProcess.isEmpty() && process.isAtWork()) {
            moves.add(() -> toProcess.removeFirst().run());
        }
    }

    void breakUp() {
        if (!up || dead) {
            return;
        }
        world.note(process.name + " loses its subscriptions");
        up = false;
        toRedis.clear();
        toProcess.clear();
        atRedis.clear();
        wanted.values().stream().filter(each -> each.stood).forEach(lost::add);
        world.time.in(world.chance.between(10, 2_000), this::connect);
    }

    private void connect() {
        if (dead || up) {
            return;
        }
        if (!world.isRedisUp() || process.isFrozen()) {
            world.time.in(world.chance.between(10, 500), this::connect);
            return;
        }
        up = true;
        wanted.forEach(this::send);
    }

    void die() {
        dead = true;
        up = false;
        toRedis.clear();
        toProcess.clear();
        atRedis.clear();
        wanted.clear();
    }

    /** Channels of runs that are wanted, or that Redis still sends. */
    Set<String> channelsOfRuns() {
        Set<String> all = new HashSet<>(wanted.keySet());
        all.addAll(atRedis);
        all.removeIf(channel -> !channel.startsWith("live "));
        return all;
    }
}
