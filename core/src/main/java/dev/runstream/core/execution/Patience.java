package dev.runstream.core.execution;

import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.time.Timers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store again and again while it cannot do its work, so that an outage delays a run and loses nothing. Blocks
 * the calling thread; safe for any.
 */
final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final Timers timers;

    Patience(Timers timers) {
        this.timers = timers;
    }

    /**
     * The store's answer, however long it takes. An interrupt ends no call that is under way, since nobody could tell then
     * what became of it, but shortens a pause; it is left standing.
     *
     * @param runId whose business it is, for the log
     * @param again whether an answer calls for another try
     * @param giveUp asked before each further try
     * @throws RunCancelledException once {@code giveUp} holds
     */
    <T> T insist(String runId, Supplier<CompletionStage<T>> call, Predicate<? super T> again, BooleanSupplier giveUp) {
        boolean interrupted = false;
        try {
            long pauseMillis = FIRST_PAUSE_MILLIS;
            while (true) {
                Optional<T> answer = tryOnce(runId, call, pauseMillis == FIRST_PAUSE_MILLIS);
                if (answer.isPresent() && !again.test(answer.get())) {
                    return answer.get();
                }
                if (giveUp.getAsBoolean()) {
                    throw new RunCancelledException("the run is to stop, and the store cannot take its events");
                }
                interrupted |= pause(pauseMillis);
                pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> Optional<T> tryOnce(String runId, Supplier<CompletionStage<T>> call, boolean firstTime) {
        try {
            return Optional.of(answer(call));
        } catch (StoreUnavailableException fault) {
            if (firstTime) {
                LOG.warn("run {} waits for the store: {}", runId, fault.getMessage());
            }
            return Optional.empty();
        }
    }

    private static <T> T answer(Supplier<CompletionStage<T>> call) {
        try {
            return call.get().toCompletableFuture().join();
        } catch (CompletionException wrapped) {
            if (wrapped.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw wrapped;
        }
    }

    /** Whether the pause was cut short by an interrupt. */
    private boolean pause(long millis) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Timers.Timer timer = timers.schedule(millis, () -> over.complete(null));
        try {
            over.get();
            return false;
        } catch (InterruptedException interrupt) {
            timer.cancel();
            return true;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
