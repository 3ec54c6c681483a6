package dev.runstream.store.sqlite;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.RunStoreContract;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/** What every store must do, done by this one. */
final class SqliteRunStoreContractTest extends RunStoreContract {
    @TempDir
    Path folder;

    private int opened;

    @Override
    protected RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers) {
        Path empty = folder.resolve("store-" + opened++);
        return SqliteRunStore.open(
                SqliteSettings.defaults(empty), settings, budget, clock, timers, RunObserver.NONE, Telling.DIRECT);
    }
}
