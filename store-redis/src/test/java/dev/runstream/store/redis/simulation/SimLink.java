package dev.runstream.store.redis.simulation;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.store.redis.ModelPorts;
import dev.runstream.store.redis.ModelWire;
import dev.runstream.store.redis.link.CommandLostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A process's connections for commands, each of which keeps the order, and with them the one for messages. A connection
 * that breaks fails what was on its way, whether it was done or will yet be; what comes while there is none waits a while.
 */
final class SimLink implements ModelWire {
    private static final long PATIENCE_MILLIS = 5_000;
    private static final long SILENCE_MILLIS = 3_500;

    private final World world;
    private final SimProcess process;
    private final List<Lane> lanes = new ArrayList<>();
    private final Deque<Request<?>> waiting = new ArrayDeque<>();
    final SimSubscriptions subscriptions;
    private boolean up = true;
    private boolean dead;
    private boolean atOnce;

    /** One connection. */
    private static final class Lane {
        final Deque<Request<?>> sent = new ArrayDeque<>();
        final Deque<Request<?>> answered = new ArrayDeque<>();
    }

    /** Something that was asked. */
    static final class Request<T> {
        private final Supplier<T> there;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final long sentMillis;
        private @org.jspecify.annotations.Nullable T value;

        Request(Supplier<T> there, long sentMillis) {
            this.there = there;
            this.sentMillis = sentMillis;
        }

        void execute() {
            value = there.get();
        }

        @SuppressWarnings("NullAway") // executed by now
        private void deliver() {
            answer.complete(value);
        }
    }

    SimLink(World world, SimProcess process) {
        this.world = world;
        this.process = process;
        subscriptions = new SimSubscriptions(world, process);
        for (int i = 0; i < world.connections; i++) {
            lanes.add(new Lane());
        }
    }

    void listener(ModelPorts.Incoming incoming) {
        subscriptions.listener(incoming);
    }

    @Override
    public <T> CompletionStage<T> call(String key, Supplier<T> there) {
        Request<T> request = new Request<>(there, world.time.nowMillis());
        if (atOnce) {
            request.execute();
            request.deliver();
            world.audit.observe();
        } else if (up) {
            lanes.get(Math.floorMod(key.hashCode(), lanes.size())).sent.add(request);
        } else {
            waiting.add(request);
            world.time.in(PATIENCE_MILLIS, () -> process.run(() -> giveUp(request)));
        }
        return request.answer;
    }

    private void giveUp(Request<?> request) {
        if (waiting.remove(request)) {
            request.answer.completeExceptionally(new StoreUnavailableException("Redis is away"));
        }
    }

    @Override
    public CompletionStage<Void> subscribe(String channel) {
        return subscriptions.subscribe(channel);
    }

    @Override
    public void unsubscribe(String channel) {
        subscriptions.unsubscribe(channel);
    }

    /** Adds what could happen next on these connections. */
    void addMoves(List<Runnable> moves) {
        for (Lane lane : lanes) {
            if (!lane.sent.isEmpty() && world.isRedisUp()) {
                moves.add(() -> execute(lane));
            }
            if (!lane.answered.isEmpty() && process.isAtWork()) {
                moves.add(() -> lane.answered.remove().deliver());
            }
        }
        subscriptions.addMoves(moves);
    }

    private void execute(Lane lane) {
        Request<?> request = lane.sent.remove();
        request.execute();
        lane.answered.add(request);
        world.audit.observe();
    }

    /** A connection on which nothing has come for long is given up. */
    void probe() {
        long since = world.time.nowMillis() - SILENCE_MILLIS;
        boolean isSilent = lanes.stream()
                .anyMatch(lane -> isOlder(lane.sent.peek(), since) || isOlder(lane.answered.peek(), since));
        if (isSilent && process.isAtWork()) {
            breakUp();
        }
    }

    private static boolean isOlder(@org.jspecify.annotations.Nullable Request<?> request, long thanMillis) {
        return request != null && request.sentMillis < thanMillis;
    }

    /** The connections for commands break. */
    void breakUp() {
        if (!up || dead) {
            return;
        }
        up = false;
        world.note(process.name + " loses its connection");
        List<Request<?>> lost = dropAll();
        process.run(() -> lost.forEach(request -> request.answer.completeExceptionally(
                new CommandLostException("the connection broke", new IllegalStateException("for the simulation")))));
        world.time.in(world.chance.between(10, 1_000), this::connect);
    }

    /** What has left may be carried out though nobody waits for the answer. */
    private List<Request<?>> dropAll() {
        List<Request<?>> lost = new ArrayList<>();
        for (Lane lane : lanes) {
            lost.addAll(lane.answered);
            lost.addAll(lane.sent);
            int arrive = world.isRedisUp() ? world.chance.between(0, lane.sent.size()) : 0;
            for (int i = 0; i < arrive; i++) {
                world.stray(lane.sent.remove());
            }
            lane.answered.clear();
            lane.sent.clear();
        }
        return lost;
    }

    private void connect() {
        if (dead || up) {
            return;
        }
        if (!world.isRedisUp()) {
            world.time.in(world.chance.between(10, 500), this::connect);
            return;
        }
        up = true;
        List<Request<?>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(request -> lanes.get(0).sent.add(request));
    }

    /** The process has died. */
    void die() {
        dead = true;
        up = false;
        dropAll();
        waiting.clear();
        subscriptions.die();
    }

    /** Whether it stands and nothing is on its way. */
    boolean isAtRest() {
        return up && lanes.stream().allMatch(lane -> lane.sent.isEmpty() && lane.answered.isEmpty());
    }

    void answerAtOnce() {
        atOnce = true;
    }
}
