package dev.runstream.core.run;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/** A store that keeps runs for as long as the process lives. */
public final class MemoryRunStore {
    private MemoryRunStore() {}

    /** A new, empty store. */
    public static RunStore open(
            RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers, RunObserver observer) {
        return new EmbeddedRunStore(settings, new MemoryRunArchive(budget), budget, clock, timers, observer);
    }
}
