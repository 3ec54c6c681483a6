package dev.runstream.store.redis.simulation;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.simulation.Violation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What a store answered. */
final class Answers {
    private Answers() {}

    /** Empty where the store was not available; any other fault is a violation. */
    static <T> Optional<T> of(CompletableFuture<T> call) {
        try {
            return Optional.of(call.join());
        } catch (CompletionException failed) {
            Throwable fault = failed;
            while (fault instanceof CompletionException && fault.getCause() != null) {
                fault = fault.getCause();
            }
            if (fault instanceof StoreUnavailableException) {
                return Optional.empty();
            }
            Violation violation = new Violation("a call failed: " + fault);
            violation.initCause(fault);
            throw violation;
        }
    }
}
