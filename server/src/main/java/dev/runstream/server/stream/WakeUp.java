package dev.runstream.server.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Tells an event loop that a log has moved. Many calls before the loop gets to look fold into one task; and what had
 * changed before a call is there when the loop looks, so that who waits for a wake-up waits for no event in vain.
 *
 * <p>One object with its mark in it, since where there are many runs none of it is in the processor's cache.
 */
final class WakeUp implements Runnable {
    private static final AtomicIntegerFieldUpdater<WakeUp> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(WakeUp.class, "pending");

    // immutable
    private final Executor loop;
    private final Runnable look;

    // shared
    private volatile int pending;

    /** @param look reads what there is; on the event loop */
    WakeUp(Executor loop, Runnable look) {
        this.loop = loop;
        this.look = look;
    }

    /** Sends it. Any thread; never blocks. */
    @Override
    public void run() {
        if (PENDING.getAndSet(this, 1) == 0) {
            try {
                loop.execute(this::arrived);
            } catch (RejectedExecutionException stopped) {
                // The server has stopped and its readers are gone; who changed the run has no part in that.
            }
        }
    }

    /** Open for the next one before it looks: what changes during the look may be too late for it. */
    private void arrived() {
        pending = 0;
        look.run();
    }
}
