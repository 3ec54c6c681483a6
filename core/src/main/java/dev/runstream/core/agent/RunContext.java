package dev.runstream.core.agent;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of one run, as its agent sees it: the input, the events, and whether to stop.
 *
 * <p>Safe for any thread; events are written in the order of the calls. A call that writes an event returns when the
 * event is stored, and blocks while the store is behind. After the run has ended, for whatever reason, each such call
 * throws {@link RunCancelledException}.
 *
 * <p>A value is written as JSON: a record, a map, a list, a string, a number, {@code null}, or {@link RawJson}. One that
 * has no such form, such as NaN or an object without properties, is refused with an {@link IllegalArgumentException} and
 * nothing is written; the run goes on if the agent does.
 */
public interface RunContext {
    String runId();

    /** The number of this attempt, from 1. */
    int attempt();

    /** The input as it was given, without whitespace between tokens. */
    String inputJson();

    /**
     * The input as a value of the given type.
     *
     * @throws InvalidInputException if it does not fit; check it in {@link Agent#check} to refuse it before the run
     */
    <T> T input(Class<T> type) throws InvalidInputException;

    /** Tells the reader in words what is going on. */
    void status(String message);

    /**
     * Tells how far the work is; written as a {@code status} at most 10 times a second, the last call always in time.
     * Never blocks for long and may be called as often as you like.
     *
     * @param total 0 where it is not known
     */
    void progress(long done, long total);

    /** An increment of the output. */
    void delta(@Nullable Object data);

    /** The result so far: stands for every delta and partial of this attempt before it. */
    void partial(@Nullable Object data);

    /**
     * Ends the run with its result.
     *
     * @throws IllegalStateException if it was called before
     */
    void complete(@Nullable Object result);

    /** Whether the work is to stop; cheap. */
    boolean isCancelled();

    /**
     * Leaves the agent if the work is to stop. Call it at every boundary of a task.
     *
     * @throws RunCancelledException if {@link #isCancelled}
     */
    void checkCancelled() throws RunCancelledException;

    /**
     * Registers what to do the moment the work is to stop, such as closing a connection; called once, on a thread that
     * may block; at once where that moment has passed.
     */
    void onCancel(Runnable action);

    /**
     * Runs a batch of computation on the pool of platform threads that all runs share fairly, and waits for it. Keep a
     * batch under 20 ms, so that every other run gets its turn.
     *
     * @throws RunCancelledException if the work is to stop; a batch that had begun is finished first
     * @throws Exception what the batch threw
     */
    default <T extends @Nullable Object> T compute(Callable<T> batch) throws Exception {
        return computeAll(List.of(batch)).getFirst();
    }

    /**
     * Runs several batches, on as many cores as are free, and waits for all; results are in the order of the batches.
     *
     * @throws RunCancelledException if the work is to stop; batches that had begun are finished first, others never begin
     * @throws Exception what the first failing batch threw
     */
    <T extends @Nullable Object> List<T> computeAll(Collection<? extends Callable<T>> batches) throws Exception;
}
