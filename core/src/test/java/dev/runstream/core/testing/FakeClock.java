package dev.runstream.core.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves only when told. Safe for any thread. */
public final class FakeClock implements InstantSource {
    private final AtomicLong nowMillis;

    /** Begins at some ordinary moment. */
    public FakeClock() {
        this(Instant.parse("2025-11-22T16:00:00Z"));
    }

    public FakeClock(Instant start) {
        nowMillis = new AtomicLong(start.toEpochMilli());
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMillis.get());
    }

    @Override
    public long millis() {
        return nowMillis.get();
    }

    /** Is set to another time, though none has passed. For time that passes see {@link FakeTimers}. */
    public void jump(Duration by) {
        nowMillis.addAndGet(by.toMillis());
    }
}
