package dev.runstream.store.redis.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does, which tells nobody when it is done. */
public final class Waiting {
    private Waiting() {}

    /** Looks every 5 ms; an exception counts as not yet. */
    public static void until(String what, Duration atMost, Callable<Boolean> holds) {
        long end = System.nanoTime() + atMost.toNanos();
        Exception last = new Exception("it was false all the time");
        while (true) {
            try {
                if (holds.call()) {
                    return;
                }
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost + ": " + what, last);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
