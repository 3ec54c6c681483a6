package dev.runstream.core.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** The count of the memory that all logs hold, while several of them take and give back. */
public final class BudgetCount {
    private static final int BYTES = 64;

    private BudgetCount() {}

    @JCStressTest
    @Description("Two logs take a slab each and give it back.")
    @Outcome(
            id = {"64, 64, freed", "64, 128, freed", "128, 64, freed", "128, 128, freed"},
            expect = ACCEPTABLE,
            desc = "What is held is counted, and nothing is left.")
    @Outcome(expect = FORBIDDEN, desc = "Counted wrong, or not given back once.")
    @State
    public static class TakeAndGiveBack {
        private final Memory memory = new Memory(Long.MAX_VALUE);

        private long takeAndGiveBack() {
            Slab slab = memory.budget.take(BYTES);
            long used = memory.budget.usedBytes();
            memory.budget.giveBack(slab);
            return used;
        }

        @Actor
        public void first(LLL_Result seen) {
            seen.r1 = takeAndGiveBack();
        }

        @Actor
        public void second(LLL_Result seen) {
            seen.r2 = takeAndGiveBack();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r3 = memory.judge();
        }
    }

    @JCStressTest
    @Description("Two logs that are a cache want the last room there is.")
    @Outcome(
            id = {"true, false, freed", "false, true, freed"},
            expect = ACCEPTABLE,
            desc = "One got it, and the limit was kept.")
    @Outcome(expect = FORBIDDEN, desc = "The limit was passed, nobody got the room, or it was not given back.")
    @State
    public static class LastRoom {
        private final Memory memory = new Memory(BYTES + 1);
        private final Queue<Slab> slabs = new ConcurrentLinkedQueue<>();

        private boolean take() {
            try {
                slabs.add(memory.budget.takeWithinLimit(BYTES));
                return true;
            } catch (OutOfSlabsException none) {
                return false;
            }
        }

        @Actor
        public void first(LLL_Result seen) {
            seen.r1 = take();
        }

        @Actor
        public void second(LLL_Result seen) {
            seen.r2 = take();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            slabs.forEach(memory.budget::giveBack);
            seen.r3 = memory.judge();
        }
    }
}
