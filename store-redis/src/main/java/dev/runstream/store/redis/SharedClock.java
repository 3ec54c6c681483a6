package dev.runstream.store.redis;

import dev.runstream.core.time.Timers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The time by which all processes of a store measure what is due: the clock of Redis, between two looks at it carried on
 * by a clock of this process that goes on evenly. Setting the wall clock of a gateway moves nothing. Safe for any thread.
 */
final class SharedClock implements InstantSource {
    private final Timers timers;
    private final Supplier<OptionalLong> offsetMillis;
    private volatile long lastOffsetMillis;

    /**
     * @param offsetMillis what the shared time is ahead of the timers', as it was seen last
     * @param firstOffsetMillis the same before anything was seen
     */
    SharedClock(Timers timers, Supplier<OptionalLong> offsetMillis, long firstOffsetMillis) {
        this.timers = timers;
        this.offsetMillis = offsetMillis;
        lastOffsetMillis = firstOffsetMillis;
    }

    @Override
    public long millis() {
        long offset = offsetMillis.get().orElse(lastOffsetMillis);
        lastOffsetMillis = offset;
        return timers.nowMillis() + offset;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
