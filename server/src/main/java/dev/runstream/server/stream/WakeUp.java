package dev.runstream.server.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells an event loop that a log has moved. Many calls before the loop gets to look fold into one task; and what had
 * changed before a call is there when the loop looks, so that who waits for a wake-up waits for no event in vain.
 */
final class WakeUp {
    // immutable
    private final Executor loop;
    private final Runnable look;

    // shared
    private final AtomicBoolean pending = new AtomicBoolean();

    /** @param look reads what there is; on the event loop */
    WakeUp(Executor loop, Runnable look) {
        this.loop = loop;
        this.look = look;
    }

    /** Any thread; never blocks. */
    void send() {
        if (!pending.getAndSet(true)) {
            try {
                loop.execute(this::arrived);
            } catch (RejectedExecutionException stopped) {
                // The server has stopped and its readers are gone; who changed the run has no part in that.
            }
        }
    }

    /** Open for the next one before it looks: what changes during the look may be too late for it. */
    private void arrived() {
        pending.set(false);
        look.run();
    }
}
