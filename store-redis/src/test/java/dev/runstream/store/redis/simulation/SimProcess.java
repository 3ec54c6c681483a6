package dev.runstream.store.redis.simulation;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.ModelPorts;
import dev.runstream.store.redis.Plant;
import dev.runstream.store.redis.RedisRunStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** One process with a store in it. It may stand still, and it may die. */
final class SimProcess {
    private static final long POSITION_CHECK_MILLIS = 2_000;

    private final World world;
    final String name;
    final SimLink link;
    final RedisRunStore store;
    private final CheckedSlabs slabs = new CheckedSlabs();
    private final MemoryBudget budget;
    private final List<Runnable> late = new ArrayList<>();
    private boolean dead;
    private boolean frozen;

    /** @param skewMillis what its idea of the time that all share is ahead */
    SimProcess(World world, String name, String node, long skewMillis, long budgetBytes) {
        this.world = world;
        this.name = name;
        budget = new MemoryBudget(slabs, budgetBytes);
        link = new SimLink(world, this);
        ModelPorts ports = new ModelPorts(node, world.redis, link, world.settings, world::isSure, new OwnTimers());
        link.listener(ports.incoming());
        store = ports.open(world.settings, budget, new SharedTime(skewMillis), new OwnTimers());
    }

    private final class SharedTime implements InstantSource {
        private final long skewMillis;

        SharedTime(long skewMillis) {
            this.skewMillis = skewMillis;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }

        @Override
        public long millis() {
            return world.time.nowMillis() + skewMillis;
        }
    }

    private final class OwnTimers implements Timers {
        private final long beganMillis = world.time.nowMillis();

        @Override
        public long nowMillis() {
            return world.time.nowMillis() - beganMillis;
        }

        @Override
        public Timer schedule(long delayMillis, Runnable task) {
            if (world.plant == Plant.NO_POSITION_CHECK && delayMillis == POSITION_CHECK_MILLIS) {
                return () -> {};
            }
            boolean[] cancelled = new boolean[1];
            world.time.in(
                    delayMillis,
                    () -> run(() -> {
                        if (!cancelled[0]) {
                            task.run();
                        }
                    }));
            return () -> cancelled[0] = true;
        }
    }

    /** Does something of this process's now, or when it goes on. */
    void run(Runnable action) {
        if (frozen) {
            late.add(action);
        } else if (!dead) {
            action.run();
        }
    }

    boolean isAtWork() {
        return !dead && !frozen;
    }

    boolean isDead() {
        return dead;
    }

    void freeze() {
        frozen = true;
    }

    void goOn() {
        frozen = false;
        List<Runnable> missed = List.copyOf(late);
        late.clear();
        missed.forEach(this::run);
    }

    boolean isFrozen() {
        return frozen;
    }

    void die() {
        dead = true;
        frozen = false;
        late.clear();
        link.die();
    }

    /** Stops in good order; what it asks then is answered at once. */
    void close() {
        link.answerAtOnce();
        store.close();
        die();
    }

    void verify() {
        slabs.verify();
    }

    long memoryBytes() {
        budget.sweep();
        return budget.usedBytes();
    }

    void verifyAllReturned() {
        slabs.verifyAllReturned();
    }
}
