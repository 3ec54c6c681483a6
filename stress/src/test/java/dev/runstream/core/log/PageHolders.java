package dev.runstream.core.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.runstream.stress.WatchedSlabs.WatchedSlab;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A page that was fetched from the store: whole for each who holds it, and freed once, by the last of them. */
public final class PageHolders {
    private PageHolders() {}

    /** One page, and what becomes of it. */
    private static final class Fetched {
        private final Memory memory = new Memory(Long.MAX_VALUE);
        private final AtomicInteger freed = new AtomicInteger();
        private final EventPage page =
                EventPage.encode(Sample.EPOCH, 1, Sample.stored(1, 3), memory.budget, freed::incrementAndGet);

        String read() {
            Reader reader = new Reader();
            reader.accept(page.slab(), 0, page.length());
            return reader.letGo().toString();
        }

        String judge() {
            String memorySays = memory.judge();
            return freed.get() == 1 ? memorySays : "told %d times".formatted(freed.get());
        }
    }

    @JCStressTest
    @Description("Two readers that asked for the same page read it and let go.")
    @Outcome(id = "123, 123, freed", expect = ACCEPTABLE, desc = "Whole for both, and freed once.")
    @Outcome(expect = FORBIDDEN, desc = "Freed in use, twice or never.")
    @State
    public static class TwoReaders {
        private final Fetched fetched = new Fetched();

        public TwoReaders() {
            fetched.page.share();
        }

        @Actor
        public void first(LLL_Result seen) {
            seen.r1 = fetched.read();
            fetched.page.release();
        }

        @Actor
        public void second(LLL_Result seen) {
            seen.r2 = fetched.read();
            fetched.page.release();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r3 = fetched.judge();
        }
    }

    @JCStressTest
    @Description("One who holds the page shares it with another while a third lets go.")
    @Outcome(id = "123, 123, freed", expect = ACCEPTABLE, desc = "Whole for all, and freed once.")
    @Outcome(expect = FORBIDDEN, desc = "Freed in use, twice or never.")
    @State
    public static class SharedMeanwhile {
        private final Fetched fetched = new Fetched();

        public SharedMeanwhile() {
            fetched.page.share();
        }

        @Actor
        public void share(LLL_Result seen) {
            fetched.page.share();
            fetched.page.release();
            seen.r1 = fetched.read();
            fetched.page.release();
        }

        @Actor
        public void letGo(LLL_Result seen) {
            seen.r2 = fetched.read();
            fetched.page.release();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r3 = fetched.judge();
        }
    }

    @JCStressTest
    @Description("The last write of a page ends while the memory of pages is looked through.")
    @Outcome(id = "null, null, freed", expect = ACCEPTABLE, desc = "Freed once, and its room told of once.")
    @Outcome(expect = FORBIDDEN, desc = "Freed in use, twice or never.")
    @State
    public static class SweptMeanwhile {
        private final Fetched fetched = new Fetched();
        private final WatchedSlab slab = (WatchedSlab) fetched.page.slab();

        public SweptMeanwhile() {
            slab.pin();
        }

        @Actor
        public void write() {
            fetched.page.release();
            slab.unpin();
            fetched.memory.budget.sweep();
        }

        @Actor
        public void sweep() {
            fetched.memory.budget.sweep();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r3 = fetched.judge();
        }
    }
}
