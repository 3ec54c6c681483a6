package dev.runstream.agents.llm;

import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/** Does something when nothing has been heard for a while. Safe for any thread. */
final class SilenceWatch implements AutoCloseable {
    private final InstantSource clock;
    private final Timers timers;
    private final long silenceMillis;
    private final Runnable onSilence;

    // shared
    private volatile long heardMillis;
    private volatile boolean silent;

    // under this object's lock
    private boolean closed;
    private Timers.Timer timer;

    /** Begins to watch. */
    SilenceWatch(InstantSource clock, Timers timers, long silenceMillis, Runnable onSilence) {
        this.clock = clock;
        this.timers = timers;
        this.silenceMillis = silenceMillis;
        this.onSilence = onSilence;
        heardMillis = clock.millis();
        timer = timers.schedule(silenceMillis, this::look);
    }

    void heard() {
        heardMillis = clock.millis();
    }

    /** Whether it has come to the silence. */
    boolean isSilent() {
        return silent;
    }

    private void look() {
        if (isTooQuiet()) {
            silent = true;
            onSilence.run();
        }
    }

    private synchronized boolean isTooQuiet() {
        long left = silenceMillis - (clock.millis() - heardMillis);
        if (!closed && left > 0) {
            timer = timers.schedule(Math.min(silenceMillis, left), this::look);
        }
        return !closed && left <= 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        timer.cancel();
    }
}
