package dev.runstream.app;

import dev.runstream.app.config.StoreSettings;
import dev.runstream.app.config.WorkConfiguration;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunQueue;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.Timers;
import dev.runstream.server.transport.LoopTasks;
import dev.runstream.store.redis.RedisRunStore;
import dev.runstream.store.sqlite.BootId;
import dev.runstream.store.sqlite.Durability;
import dev.runstream.store.sqlite.SqliteRunStore;
import dev.runstream.store.sqlite.SqliteSettings;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that has been opened.
 *
 * @param queue where its runs wait, if other processes have the store too
 * @param copied its runs that are copies of jobs, where it can have some
 */
record OpenStore(RunStore store, Optional<RunQueue> queue, Optional<CopiedRuns> copied) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStore.class);

    private OpenStore(RunStore ofThisProcess) {
        this(ofThisProcess, Optional.empty(), Optional.empty());
    }

    /** Opens the store that is configured. Blocks until it can be used. */
    static OpenStore open(
            WorkConfiguration configuration,
            MemoryBudget budget,
            InstantSource clock,
            Timers timers,
            RunObserver observer) {
        return switch (configuration.store()) {
            case StoreSettings.Memory _ -> {
                LOG.info("store memory: runs are kept for as long as this process lives");
                yield new OpenStore(MemoryRunStore.open(configuration.runs(), budget, clock, timers, observer));
            }
            case StoreSettings.Sqlite file -> {
                Durability durability =
                        file.durability() == StoreSettings.Durability.FSYNC ? Durability.FSYNC : Durability.OS;
                LOG.info("store sqlite in {}, durability {}", file.folder(), file.durability());
                yield new OpenStore(SqliteRunStore.open(
                        new SqliteSettings(file.folder(), durability, file.maxDiskBytes(), BootId.ofMachine()),
                        configuration.runs(),
                        budget,
                        clock,
                        timers,
                        observer,
                        LoopTasks::together));
            }
            case StoreSettings.Redis redis -> {
                // It says itself where it is and what it found there.
                RedisRunStore store = RedisRunStore.open(
                        redis.address(), configuration.runs(), budget, timers, observer, LoopTasks::together);
                yield new OpenStore(store, Optional.of(store.queue()), Optional.of(store.copied()));
            }
        };
    }
}
