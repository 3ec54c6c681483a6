package dev.runstream.store.redis;

import dev.runstream.core.run.Decision;
import dev.runstream.core.run.RunRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Changes of one run by this process, in the order in which they came: one commit is on its way at a time, and what comes
 * meanwhile goes together in the next. Safe for any thread.
 */
final class CommitLine {
    private static final int MOST_AT_ONCE = 64;

    // under this object's lock
    private final Deque<Change<?>> waiting = new ArrayDeque<>();
    private boolean busy;

    /** Decides on a change by a run and a time alone: of the same two it makes the same, byte for byte. */
    @FunctionalInterface
    interface Step<O> {
        Decision<O> decide(RunRecord run, long nowMillis);
    }

    /**
     * A change that was asked for.
     *
     * @param step decides on it; may be called again
     * @param isSignOfLife whether the run's worker is heard of by it
     * @param isPatient whether it is asked for until it is known what became of it, however long Redis is away
     * @param producer whose numbers it may rest on
     * @param outcome empty where there is no such run
     */
    record Change<O>(
            Step<O> step,
            boolean isSignOfLife,
            boolean isPatient,
            Optional<String> producer,
            CompletableFuture<Optional<O>> outcome) {}

    synchronized void add(Change<?> change) {
        waiting.add(change);
    }

    /** The next changes to go together, of whose end has to be said {@link #done}; none while others are on their way. */
    synchronized List<Change<?>> take() {
        if (busy || waiting.isEmpty()) {
            return List.of();
        }
        busy = true;
        List<Change<?>> taken = new ArrayList<>();
        while (!waiting.isEmpty() && taken.size() < MOST_AT_ONCE) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    synchronized void done() {
        busy = false;
    }

    /** All that waits, which leaves the line. */
    synchronized List<Change<?>> takeAll() {
        List<Change<?>> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
