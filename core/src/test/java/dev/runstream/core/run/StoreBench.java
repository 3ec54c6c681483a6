package dev.runstream.core.run;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A store under test, with a clock, timers and memory that the test holds in its hands. */
public final class StoreBench implements AutoCloseable {
    /** What tests run under unless they ask for something else. */
    public static final RunSettings SETTINGS = new RunSettings(
            Drafts.MAX_EVENT_BYTES,
            4L * Drafts.MAX_EVENT_BYTES,
            20_000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofHours(24));

    private static final long BUDGET_BYTES = 64L * 1024 * 1024;

    public final FakeClock clock = new FakeClock();
    public final FakeTimers timers = new FakeTimers(clock);
    public final CheckedSlabs slabs = new CheckedSlabs();
    private final Opener opener;
    private final List<Runnable> readers = new ArrayList<>();
    private MemoryBudget budget;
    private RunStore store;

    /** Makes a new and empty store. */
    @FunctionalInterface
    public interface Opener {
        RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers);
    }

    public StoreBench(Opener opener) {
        this.opener = opener;
        budget = new MemoryBudget(slabs, BUDGET_BYTES);
        store = opener.open(SETTINGS, budget, clock, timers);
    }

    /** Puts another new store in the place of this one. */
    public RunStore reopen(RunSettings settings, long budgetBytes) {
        store.close();
        budget = new MemoryBudget(slabs, budgetBytes);
        store = opener.open(settings, budget, clock, timers);
        return store;
    }

    public RunStore reopen(RunSettings settings) {
        return reopen(settings, BUDGET_BYTES);
    }

    public RunStore store() {
        return store;
    }

    public MemoryBudget budget() {
        return budget;
    }

    /** Closes it with the store. */
    LogReader closing(LogReader reader) {
        synchronized (readers) {
            readers.add(reader::close);
        }
        return reader;
    }

    FollowedRun closing(FollowedRun followed) {
        synchronized (readers) {
            readers.add(followed::close);
        }
        return followed;
    }

    @Override
    public void close() {
        for (Runnable reader : readers) {
            reader.run();
        }
        store.close();
        budget.sweep();
        slabs.verifyAllReturned();
    }
}
