package dev.runstream.bullmq;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.store.redis.link.RedisRefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
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

    /** Whether Redis was away, full or closed to this user, so that the same may work later. */
    static boolean mayPass(Throwable fault) {
        return switch (fault) {
            case StoreUnavailableException unavailable -> true;
            case RedisRefusedException refused -> true;
            // The link has made the others of what a server says when it cannot serve; this is the fault of what was
            // asked.
            case RedisCommandExecutionException answered -> false;
            case RedisException lost -> true;
            default -> false;
        };
    }
}
