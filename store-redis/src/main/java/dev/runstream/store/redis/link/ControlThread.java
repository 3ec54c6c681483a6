package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The one thread on which the state of a link changes, one thing after the other. When the link is closed, what is still
 * handed to it is dropped. Safe for any thread.
 */
final class ControlThread implements Executor {
    private final EventExecutor executor;
    private final Timers timers;

    ControlThread(EventExecutor executor, Timers timers) {
        this.executor = executor;
        this.timers = timers;
    }

    @Override
    public void execute(Runnable task) {
        accepts(task);
    }

    /** @return false where the link is closed and the task will never run */
    boolean accepts(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Runs a task here after some time. */
    Timers.Timer later(long delayMillis, Runnable task) {
        return timers.schedule(delayMillis, () -> execute(task));
    }
}
