package dev.runstream.bullmq;

import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that reads the queues; now and then it has another one compare their jobs with the runs, for which nothing
 * that is read has to wait. Where Redis goes away it begins again where the position is that Redis has, since what was
 * copied last may have been lost with it.
 */
final class ReadingThread {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingThread.class);
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(200);
    private static final Duration DEAF_AFTER = Duration.ofSeconds(10);
    private static final Duration TIME_TO_END = Duration.ofSeconds(5);

    // immutable
    private final List<String> queues;
    private final QueueReader reader;
    private final Reconciling reconciling;
    private final Timers timers;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("runstream-bullmq").unstarted(this::run);

    // reading thread only
    private boolean begun;
    private boolean toldOfFault;
    private long compareAtMillis;
    private Thread comparing = Thread.ofPlatform().unstarted(() -> {});

    // shared
    private volatile long wellAtMillis;
    private volatile boolean stopped;

    ReadingThread(List<String> queues, QueueReader reader, Reconciling reconciling, Timers timers) {
        this.queues = queues;
        this.reader = reader;
        this.reconciling = reconciling;
        this.timers = timers;
        wellAtMillis = timers.nowMillis();
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try {
                step();
                toldOfFault = false;
            } catch (RuntimeException fault) {
                failed(fault);
            }
        }
    }

    private void step() {
        if (!begun) {
            reader.begin();
            begun = true;
            compareAtMillis = timers.nowMillis();
        }
        if (timers.nowMillis() >= compareAtMillis && !comparing.isAlive()) {
            compareAtMillis = timers.nowMillis() + COMPARE_EVERY.toMillis();
            comparing = Thread.ofPlatform()
                    .daemon()
                    .name("runstream-bullmq-compare")
                    .start(this::compare);
        }
        reader.read();
        wellAtMillis = timers.nowMillis();
    }

    private void compare() {
        try {
            queues.forEach(reconciling::compare);
        } catch (RuntimeException fault) {
            Throwable cause = Faults.unwrapped(fault);
            if (!stopped && !Faults.mayPass(cause)) {
                LOG.error("jobs could not be compared with their runs, which is tried again", cause);
            }
        }
    }

    private void failed(RuntimeException fault) {
        begun = false;
        if (stopped) {
            return;
        }
        Throwable cause = Faults.unwrapped(fault);
        if (!Faults.mayPass(cause)) {
            LOG.error("the queues could not be read, and are tried again", cause);
        } else if (!toldOfFault) {
            LOG.warn("the queues cannot be read: {}", cause.getMessage());
        }
        toldOfFault = true;
        LockSupport.parkNanos(AGAIN_AFTER.toNanos());
    }

    StoreHealth health() {
        long silence = timers.nowMillis() - wellAtMillis;
        return silence > DEAF_AFTER.toMillis()
                ? new StoreHealth(false, "the queues have not been read for " + silence / 1000 + " s")
                : StoreHealth.READY;
    }

    /** Nothing more is read; what is under way goes on until it ends or fails. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    void awaitEnd() {
        try {
            thread.join(TIME_TO_END);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
