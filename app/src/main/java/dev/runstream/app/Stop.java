package dev.runstream.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a service: its steps are done once, on a thread of their own, however often that is asked for. */
final class Stop {
    private final Runnable steps;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    Stop(Runnable steps) {
        this.steps = steps;
    }

    void begin() {
        if (!begun.getAndSet(true)) {
            Thread.ofPlatform().name("runstream-drain").start(this::run);
        }
    }

    private void run() {
        steps.run();
        ended.countDown();
    }

    void await() throws InterruptedException {
        ended.await();
    }
}
