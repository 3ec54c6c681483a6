package dev.runstream.core.run;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link RunStore} must do, seen through the port only. A store's own test extends this and says how an empty
 * store is opened; its further tests can use {@link #bench} too. After each test all memory must have come back.
 */
public abstract class RunStoreContract
        implements StartingContract,
                AppendingContract,
                FollowingContract,
                StoppingContract,
                DeadlinesContract,
                ListingContract,
                KeepingContract {
    private StoreBench bench;

    /** Opens a store that holds nothing; it is closed after the test. */
    protected abstract RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers);

    @BeforeEach
    final void openBench() {
        bench = new StoreBench(this::open);
    }

    @AfterEach
    final void closeBench() {
        bench.close();
    }

    @Override
    public StoreBench bench() {
        return bench;
    }
}
