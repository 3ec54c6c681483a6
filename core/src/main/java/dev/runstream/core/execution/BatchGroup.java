package dev.runstream.core.execution;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;

/** Batches that somebody waits for together. Safe for any thread. */
final class BatchGroup {
    private final ToIntFunction<BatchGroup> leaveOut;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final Semaphore done = new Semaphore(0);

    /** @param leaveOut takes the batches out that have not begun, and says how many */
    BatchGroup(ToIntFunction<BatchGroup> leaveOut) {
        this.leaveOut = leaveOut;
    }

    /** Blocks until so many batches have been run or left out; an interrupt is left standing. */
    void await(int batches) {
        done.acquireUninterruptibly(batches);
    }

    void succeeded() {
        done.release();
    }

    void failed() {
        if (failed.compareAndSet(false, true)) {
            leftOut(leaveOut.applyAsInt(this));
        }
        done.release();
    }

    void leftOut(int batches) {
        done.release(batches);
    }
}
