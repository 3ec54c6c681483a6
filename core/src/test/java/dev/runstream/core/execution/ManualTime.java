package dev.runstream.core.execution;

import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A clock and its timers that move only when told; tasks run on the thread that moves them. Safe for any thread. */
public final class ManualTime implements InstantSource, Timers {
    private record Task(long dueMillis, long number, Runnable action) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition scheduled = lock.newCondition();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueMillis).thenComparingLong(Task::number));
    private long nowMillis = 1_750_000_000_000L;
    private long numbers;

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        lock.lock();
        try {
            return nowMillis;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nowMillis() {
        return millis();
    }

    @Override
    public Timer schedule(long delayMillis, Runnable action) {
        lock.lock();
        try {
            Task task = new Task(nowMillis + Math.max(0, delayMillis), numbers++, action);
            tasks.add(task);
            scheduled.signalAll();
            return () -> remove(task);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Task task) {
        lock.lock();
        try {
            tasks.remove(task);
        } finally {
            lock.unlock();
        }
    }

    /** Moves on to each task that is due on the way and runs it, then to the end. */
    public void advance(Duration by) {
        long end = millis() + by.toMillis();
        for (Task next = takeDue(end); next != null; next = takeDue(end)) {
            next.action().run();
        }
        lock.lock();
        try {
            nowMillis = Math.max(nowMillis, end);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Task takeDue(long endMillis) {
        lock.lock();
        try {
            Task first = tasks.peek();
            if (first == null || first.dueMillis() > endMillis) {
                return null;
            }
            nowMillis = Math.max(nowMillis, first.dueMillis());
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many tasks wait. */
    public void awaitTasks(int count) {
        lock.lock();
        try {
            long nanos = TimeUnit.SECONDS.toNanos(20);
            while (tasks.size() < count) {
                if (nanos <= 0) {
                    throw new AssertionError("only " + tasks.size() + " of " + count + " tasks are waiting");
                }
                nanos = scheduled.awaitNanos(nanos);
            }
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a task, moves on to the first and runs it alone. */
    public void runNext() {
        awaitTasks(1);
        Task next = takeDue(Long.MAX_VALUE);
        if (next != null) {
            next.action().run();
        }
    }
}
