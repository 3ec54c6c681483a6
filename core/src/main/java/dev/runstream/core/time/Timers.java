package dev.runstream.core.time;

/** Runs a task later. Safe for any thread. */
public interface Timers {
    /**
     * Runs the task once, on a thread of the timers, which it must not block.
     *
     * @param delayMillis from now; 0 or less runs it as soon as may be
     */
    Timer schedule(long delayMillis, Runnable task);

    /** A task that has been scheduled. */
    interface Timer {
        /** Keeps the task from running, if it has not begun; may be called again. */
        void cancel();
    }
}
