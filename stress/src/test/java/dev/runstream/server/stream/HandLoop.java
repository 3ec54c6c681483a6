package dev.runstream.server.stream;

import io.netty.channel.DefaultEventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop without a thread: whoever plays its part runs its tasks. */
final class HandLoop extends DefaultEventLoop {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
