package dev.runstream.store.sqlite;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * Something for the writer to do. The writer calls {@link #decide} for each task of a batch, writes what was decided,
 * and then calls {@link #stored} for each in the same order, or {@link #failed} where nothing was written.
 *
 * @param <T> what the caller is told
 */
abstract class WriteTask<T> {
    final CompletableFuture<T> outcome = new CompletableFuture<>();

    /** Adds to the batch; a fault of the task's own it keeps for {@link #stored}. */
    abstract void decide(WriteBatch batch) throws SQLException;

    /** Whether {@link #decide} may be called again where nothing of the first time was stored. */
    boolean canBeDecidedAgain() {
        return true;
    }

    /** It is committed: makes it visible, and then tells the caller. */
    abstract void stored();

    /** Nothing of the batch is stored. */
    final void failed(RuntimeException fault) {
        outcome.completeExceptionally(fault);
    }
}
