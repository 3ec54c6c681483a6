package dev.runstream.core.execution;

import dev.runstream.core.agent.RunCancelledException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A piece of computation and what came of it. Run by one thread; read by who waited for its group. */
final class Batch<T extends @Nullable Object> {
    private final Callable<T> computation;
    private final BatchGroup group;

    private boolean ran;
    private @Nullable T result;
    private @Nullable Throwable fault;

    Batch(Callable<T> computation, BatchGroup group) {
        this.computation = computation;
        this.group = group;
    }

    BatchGroup group() {
        return group;
    }

    void run() {
        try {
            result = computation.call();
            ran = true;
            group.succeeded();
        } catch (Throwable thrown) {
            fault = thrown;
            group.failed();
        }
    }

    /** Throws what the computation threw. */
    void throwFault() throws Exception {
        if (fault instanceof Error error) {
            throw error;
        }
        if (fault instanceof Exception exception) {
            throw exception;
        }
    }

    /** @throws RunCancelledException if it was left out */
    @SuppressWarnings("NullAway") // null only where T allows it
    T result() {
        if (!ran) {
            throw leftOut();
        }
        return result;
    }

    static RunCancelledException leftOut() {
        return new RunCancelledException("the run is to stop; batches that had not begun were left out");
    }
}
