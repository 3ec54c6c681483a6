package dev.runstream.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one place where this client waits on time, so that a test can move time itself. Safe for any thread. */
interface Waits {
    /** Time that only goes forward, in nanoseconds from an arbitrary point. */
    long nanos();

    /** Takes the next of {@code queue}, or null once {@code atMost} has gone by without one. */
    <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost) throws InterruptedException;

    /** Waits for {@code duration}. */
    default void sleep(Duration duration) throws InterruptedException {
        poll(new LinkedBlockingQueue<>(), duration);
    }

    /** The machine's own time. */
    static Waits real() {
        return new Waits() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost) throws InterruptedException {
                return queue.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }
}
