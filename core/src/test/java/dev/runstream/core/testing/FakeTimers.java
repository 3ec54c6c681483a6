package dev.runstream.core.testing;

import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that passes when told, and moves a {@link FakeClock} along: tasks run inside {@link #advance}, in the order of their times, and those of one time in
 * the order in which they were scheduled.
 *
 * <p>Safe for any thread; tasks run on the thread that advances, outside any lock.
 */
public final class FakeTimers implements Timers {
    private final FakeClock clock;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueMillis).thenComparingLong(Task::number));
    private long scheduled;
    private long nowMillis;

    private record Task(long dueMillis, long number, Runnable action) {}

    public FakeTimers(FakeClock clock) {
        this(clock, 86_400_000);
    }

    /** Goes on from a moment, as a process that starts after another one on the same machine. */
    public FakeTimers(FakeClock clock, long nowMillis) {
        this.clock = clock;
        this.nowMillis = nowMillis;
    }

    @Override
    public synchronized long nowMillis() {
        return nowMillis;
    }

    @Override
    public synchronized Timer schedule(long delayMillis, Runnable action) {
        long now = nowMillis;
        long delay = Math.max(0, delayMillis);
        long due = delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
        Task task = new Task(due, scheduled++, action);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Moves on to each task that is due on the way, and runs it; then to the end. */
    public void advance(Duration by) {
        long end = nowMillis() + by.toMillis();
        for (Runnable next = takeDue(end); next != Nothing.TO_DO; next = takeDue(end)) {
            next.run();
        }
        moveTo(end);
    }

    /** Time passes, and nothing that is due on the way is done, as while the process is stopped. */
    public void sleepThrough(Duration by) {
        moveTo(nowMillis() + by.toMillis());
    }

    private synchronized void moveTo(long millis) {
        if (millis > nowMillis) {
            clock.jump(Duration.ofMillis(millis - nowMillis));
            nowMillis = millis;
        }
    }

    /** Runs what is due by now. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** How many tasks wait. */
    public synchronized int waiting() {
        return tasks.size();
    }

    private synchronized Runnable takeDue(long endMillis) {
        Task first = tasks.peek();
        if (first == null || first.dueMillis() > endMillis) {
            return Nothing.TO_DO;
        }
        tasks.remove();
        moveTo(first.dueMillis());
        return first.action();
    }

    private enum Nothing implements Runnable {
        TO_DO;

        @Override
        public void run() {}
    }
}
