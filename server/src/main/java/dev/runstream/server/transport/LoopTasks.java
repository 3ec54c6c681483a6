package dev.runstream.server.transport;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands tasks to event loops from other threads. What a thread hands over while it tells of many things at once goes to
 * each loop together, so that the loop is woken once and not for each: a wake-up costs more than most tasks.
 *
 * <p>Safe for any thread; nothing blocks.
 */
public final class LoopTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTasks.class);

    /** What the thread has gathered, while it is within {@link #together}. */
    private static final ThreadLocal<@Nullable Map<EventLoop, List<Runnable>>> GATHERED = new ThreadLocal<>();

    private LoopTasks() {}

    /**
     * Has a loop run a task after those that it was given before.
     *
     * @throws RejectedExecutionException if the loop has stopped; within {@link #together} the task is dropped then
     */
    public static void execute(EventLoop loop, Runnable task) {
        Map<EventLoop, List<Runnable>> gathered = GATHERED.get();
        if (gathered == null) {
            loop.execute(task);
        } else {
            gathered.computeIfAbsent(loop, _ -> new ArrayList<>()).add(task);
        }
    }

    /** Runs what hands over many tasks, and then passes them on. */
    public static void together(Runnable tells) {
        Map<EventLoop, List<Runnable>> gathered = new LinkedHashMap<>();
        GATHERED.set(gathered);
        try {
            tells.run();
        } finally {
            GATHERED.remove();
            gathered.forEach(LoopTasks::pass);
        }
    }

    private static void pass(EventLoop loop, List<Runnable> tasks) {
        try {
            loop.execute(() -> tasks.forEach(LoopTasks::run));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{} tasks came after the event loop had stopped", tasks.size());
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            LOG.warn("a task of an event loop failed", fault);
        }
    }
}
