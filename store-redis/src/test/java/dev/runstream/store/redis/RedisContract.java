package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.RunStoreContract;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What every store must do, done by this one against some Redis. */
abstract class RedisContract extends RunStoreContract {
    /** Hours of the tests' time may pass while Redis works on a minute's questions. */
    private static final LinkSettings PATIENT = new LinkSettings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10));

    private static final SystemTimers REAL_TIME = new SystemTimers("link");

    /** What waits is in the queue, and who died is missed by a lease: a process has nothing to take up. */
    @Override
    @Test
    public void tellsWhichRunsOfAgentsHaveNotEnded() {
        start(ofAgent("queued"));
        assertThat(Stages.await(store().unfinished())).isEmpty();
    }

    abstract String address();

    /** Empties Redis. */
    abstract void flush();

    @Override
    protected RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers) {
        flush();
        RedisAddress address = RedisAddress.parse(address());
        RedisLink link = RedisLink.open(address, PATIENT, REAL_TIME);
        SharedClock shared = new SharedClock(timers, OptionalLong::empty, clock.millis() - timers.nowMillis());
        return new RedisRunStore(
                RedisPorts.of(address, link, settings, timers),
                settings,
                budget,
                shared,
                timers,
                RunObserver.NONE,
                Telling.DIRECT);
    }
}
