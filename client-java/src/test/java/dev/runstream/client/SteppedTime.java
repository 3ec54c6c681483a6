package dev.runstream.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Time that moves when the test says so, for code that waits in other threads. */
final class SteppedTime implements Waits {
    private final AtomicLong now = new AtomicLong();
    /** Each wait that began, by its length. */
    private final BlockingQueue<Duration> begun = new LinkedBlockingQueue<>();

    void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    /** Blocks until some thread begins to wait for exactly so long. */
    void awaitWait(Duration length) throws InterruptedException {
        for (Duration wait = begun.poll(10, TimeUnit.SECONDS); wait != null; wait = begun.poll(10, TimeUnit.SECONDS)) {
            if (wait.equals(length)) {
                return;
            }
        }
        throw new AssertionError("nobody waits for " + length);
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public <T> @Nullable T poll(BlockingQueue<T> queue, Duration atMost) throws InterruptedException {
        long deadline = now.get() + atMost.toNanos();
        begun.add(atMost);
        while (true) {
            T item = queue.poll(1, TimeUnit.MILLISECONDS);
            if (item != null || now.get() >= deadline) {
                return item;
            }
        }
    }
}
