package dev.runstream.core.execution;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets the latest progress through ten times a second. The latest is never lost: it goes when its time comes, or before
 * the end. Safe for any thread; never blocks.
 */
final class ProgressThrottle {
    private static final long INTERVAL_MILLIS = 100;

    private record Progress(long done, long total) {}

    // immutable
    private final InstantSource clock;
    private final Timers timers;
    private final Runnable send;

    // under this object's lock
    private @Nullable Progress latest;
    private boolean armed;
    private long nextMillis;

    /** @param send called on a thread of the timers when something is to be taken; it must not block */
    ProgressThrottle(InstantSource clock, Timers timers, Runnable send) {
        this.clock = clock;
        this.timers = timers;
        this.send = send;
    }

    synchronized void report(long done, long total) {
        latest = new Progress(done, total);
        if (!armed) {
            armed = true;
            long now = clock.millis();
            // A clock that was set back must not hold progress up for longer than the interval.
            timers.schedule(Math.min(INTERVAL_MILLIS, Math.max(0, nextMillis - now)), send);
        }
    }

    /** What is to be written now; empty where it has been taken already. */
    synchronized Optional<JsonBytes> take() {
        armed = false;
        Progress taken = latest;
        latest = null;
        if (taken == null) {
            return Optional.empty();
        }
        nextMillis = clock.millis() + INTERVAL_MILLIS;
        return Optional.of(data(taken));
    }

    private static JsonBytes data(Progress progress) {
        JsonBytes empty = JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII));
        JsonBytes pair = JsonObjectView.of(empty)
                .with("done", JsonBytes.ofLong(progress.done()))
                .with("total", JsonBytes.ofLong(progress.total()))
                .json();
        return JsonObjectView.of(empty).with("progress", pair).json();
    }
}
