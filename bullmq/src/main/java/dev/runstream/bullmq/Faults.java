package dev.runstream.bullmq;

import dev.runstream.core.run.StoreUnavailableException;
import java.util.concurrent.CompletionException;

/** What stages fail with. */
final class Faults {
    private Faults() {}

    static Throwable unwrapped(Throwable fault) {
        Throwable inner = fault;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** Whether Redis was away, so that the same may work later. */
    static boolean mayPass(Throwable fault) {
        return fault instanceof StoreUnavailableException || fault instanceof io.lettuce.core.RedisException;
    }
}
