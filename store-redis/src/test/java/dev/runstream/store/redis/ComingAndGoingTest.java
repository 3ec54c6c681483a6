package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of runs and readers that came and went: nothing. */
@Timeout(300)
final class ComingAndGoingTest {
    private static final int RUNS = 10_000;
    private static final int AT_ONCE = 50;

    @Test
    @Tag("slow")
    void leavesNothingBehindOfTenThousandRunsAndTheirReaders() throws Exception {
        CheckedSlabs slabs = new CheckedSlabs();
        MemoryBudget budget = new MemoryBudget(slabs, 64L * 1024 * 1024);
        FakeClock clock = new FakeClock();
        FakeTimers timers = new FakeTimers(clock);
        try (RedisServer redis = RedisServer.start();
                SystemTimers linkTimers = new SystemTimers("link")) {
            RedisAddress address = RedisAddress.parse(redis.address());
            RedisLink link = RedisLink.open(address, LinkSettings.DEFAULT, linkTimers);
            RunSettings settings = RunSettings.defaults();
            RedisRunStore store = new RedisRunStore(
                    RedisPorts.of(address, link, settings, timers),
                    settings,
                    budget,
                    new SharedClock(timers, OptionalLong::empty, clock.millis() - timers.nowMillis()),
                    timers,
                    RunObserver.NONE,
                    Telling.DIRECT);
            comeAndGo(store, "warm", 500, clock);
            forgetAll(store, redis, timers, settings);
            long connections = count(redis, "connected_clients");
            long memory = count(redis, "used_memory");
            int waiting = timers.waiting();

            comeAndGo(store, "r", RUNS, clock);
            assertThat(keys(redis)).isGreaterThan(2 * RUNS);
            forgetAll(store, redis, timers, settings);

            assertThat(count(redis, "connected_clients")).isEqualTo(connections);
            assertThat(redis.text("PUBSUB", "CHANNELS", "ai:run*")).isEmpty();
            assertThat(count(redis, "used_memory")).isLessThan(memory + 1024 * 1024);
            assertThat(timers.waiting()).isEqualTo(waiting);
            assertThat(slabs.liveSlabs()).isZero();
            store.close();
            slabs.verifyAllReturned();
        }
    }

    private static void comeAndGo(RedisRunStore store, String name, int runs, FakeClock clock) throws Exception {
        Semaphore places = new Semaphore(AT_ONCE);
        for (int i = 0; i < runs; i++) {
            String runId = name + i;
            places.acquire();
            Thread.ofVirtual().start(() -> {
                try {
                    live(store, runId, clock);
                } finally {
                    places.release();
                }
            });
        }
        places.acquire(AT_ONCE);
    }

    private static void live(RedisRunStore store, String runId, FakeClock clock) {
        RunSpec spec = new RunSpec(runId, RunSpec.EXTERNAL, 1, false, 0, 60_000, runId, "same", 2, clock.millis());
        Stages.await(store.create(new NewRun(spec, Json.json("{}"))));
        try (LogReader reader = new LogReader(Stages.await(store.follow(runId)).orElseThrow())) {
            Stages.await(store.append(
                    runId,
                    new AppendBatch(Optional.empty(), List.of(StoreUnderTest.delta(1), StoreUnderTest.complete()))));
            assertThat(reader.readToEnd()).hasSize(3);
        }
    }

    /** Lets the time pass that ended runs are kept for, and that a run without readers is followed for. */
    private static void forgetAll(RedisRunStore store, RedisServer redis, FakeTimers timers, RunSettings settings) {
        timers.advance(settings.retainEnded());
        while (keys(redis) > 2) {
            timers.advance(Duration.ofSeconds(1));
            Stages.await(store.find("any"));
        }
        timers.advance(Duration.ofMinutes(1));
        Stages.eventually(
                "nothing is followed",
                () -> redis.text("PUBSUB", "CHANNELS", "ai:run*").isEmpty());
    }

    private static long keys(RedisServer redis) {
        return Long.parseLong(redis.text("DBSIZE"));
    }

    private static long count(RedisServer redis, String name) {
        return redis.text("INFO")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
