package dev.runstream.store.redis.simulation;

import dev.runstream.core.time.Timers;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The time of a life, and what is to be done later. */
final class SimTime {
    /** Some ordinary moment. */
    private static final long BEGIN = 1_763_827_200_000L;

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.<Task>comparingLong(task -> task.dueMillis).thenComparingLong(task -> task.number));
    private long scheduled;
    private long nowMillis = BEGIN;

    private static final class Task {
        final long dueMillis;
        final long number;
        final Runnable action;
        boolean cancelled;

        Task(long dueMillis, long number, Runnable action) {
            this.dueMillis = dueMillis;
            this.number = number;
            this.action = action;
        }
    }

    /** Since 1970. */
    long nowMillis() {
        return nowMillis;
    }

    Timers.Timer in(long delayMillis, Runnable action) {
        long delay = Math.clamp(delayMillis, 0, Long.MAX_VALUE / 4);
        Task task = new Task(nowMillis + delay, scheduled++, action);
        tasks.add(task);
        return () -> task.cancelled = true;
    }

    /** Goes on to the next task that is due by then, and does it; or to the end, and says false. */
    boolean next(long untilMillis) {
        Task task = tasks.peek();
        while (task != null && task.cancelled) {
            tasks.remove();
            task = tasks.peek();
        }
        if (task == null || task.dueMillis > untilMillis) {
            nowMillis = Math.max(nowMillis, untilMillis);
            return false;
        }
        tasks.remove();
        nowMillis = Math.max(nowMillis, task.dueMillis);
        task.action.run();
        return true;
    }
}
