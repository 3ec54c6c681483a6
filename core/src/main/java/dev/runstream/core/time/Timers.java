package dev.runstream.core.time;

/** Time as it passes: runs a task later, and tells how long something took. Safe for any thread. */
public interface Timers {
    /**
     * Milliseconds by a clock that goes on evenly, whatever the wall clock is set to. Only differences mean something,
     * and only in this process.
     */
    long nowMillis();

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
