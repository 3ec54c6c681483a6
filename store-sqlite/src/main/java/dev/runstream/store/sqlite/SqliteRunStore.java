package dev.runstream.store.sqlite;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.EmbeddedRunStore;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/** A store that keeps runs in one SQLite file, beyond the life of the process. */
public final class SqliteRunStore {
    private SqliteRunStore() {}

    /**
     * Opens the store in a folder, which is this process's alone until the store is closed, and takes up its runs.
     *
     * <p>Blocks while the file is checked (about a second at most) and its open runs are read.
     *
     * @throws StoreFileException if the file is damaged, of a newer version, of another program, or held by another
     *     process, or if the folder cannot be written to; nothing was changed then
     */
    public static RunStore open(
            SqliteSettings settings,
            RunSettings runSettings,
            MemoryBudget budget,
            InstantSource clock,
            Timers timers,
            RunObserver observer,
            Telling telling) {
        SqliteRunArchive archive =
                SqliteRunArchive.open(settings, runSettings.runBufferBytes(), clock, timers, telling);
        try {
            return new EmbeddedRunStore(runSettings, archive, budget, clock, timers, observer);
        } catch (RuntimeException fault) {
            archive.close();
            throw fault;
        }
    }
}
