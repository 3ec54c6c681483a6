package dev.runstream.core.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A reader sees what was appended together as a whole or not at all, and whole bytes, while more is appended. */
public final class AppendAndRead {
    private static final long PLENTY = Long.MAX_VALUE;

    private AppendAndRead() {}

    @JCStressTest
    @Description("Two events begin a log while it is read.")
    @Outcome(
            id = {", 12, freed", "12, 12, freed"},
            expect = ACCEPTABLE,
            desc = "A whole prefix.")
    @Outcome(expect = FORBIDDEN, desc = "Not a prefix, not whole, or memory went wrong.")
    @State
    public static class OfNothing {
        private final Memory memory = new Memory(PLENTY);
        private final EventLog log = new EventLog(Sample.EPOCH, PLENTY, memory.budget);
        private final Reader reader = new Reader();

        @Actor
        public void append() {
            log.append(Sample.events(1, 2));
        }

        @Actor
        public void read(LLL_Result seen) {
            seen.r1 = reader.readToEnd(log).toString();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r2 = reader.readToEnd(log).letGo().toString();
            seen.r3 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("Events go behind others in the same slab, where the index of the segment has to grow.")
    @Outcome(
            id = {"1234, 1234567, freed", "1234567, 1234567, freed"},
            expect = ACCEPTABLE,
            desc = "A whole prefix.")
    @Outcome(expect = FORBIDDEN, desc = "Not a prefix, not whole, or memory went wrong.")
    @State
    public static class InOneSlab {
        private final Memory memory = new Memory(PLENTY);
        private final EventLog log = new EventLog(Sample.EPOCH, PLENTY, memory.budget);
        private final Reader reader = new Reader();

        public InOneSlab() {
            log.append(Sample.events(1, 4));
        }

        @Actor
        public void append() {
            log.append(Sample.events(5, 7));
        }

        @Actor
        public void read(LLL_Result seen) {
            seen.r1 = reader.readToEnd(log).toString();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r2 = reader.readToEnd(log).letGo().toString();
            seen.r3 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("Two appends, each into a slab of its own.")
    @Outcome(
            id = {"1, 1234, freed", "12, 1234, freed", "1234, 1234, freed"},
            expect = ACCEPTABLE,
            desc = "A whole prefix.")
    @Outcome(expect = FORBIDDEN, desc = "Not a prefix, not whole, or memory went wrong.")
    @State
    public static class IntoNewSlabs {
        private final Memory memory = new Memory(0);
        private final EventLog log = new EventLog(Sample.EPOCH, PLENTY, memory.budget);
        private final Reader reader = new Reader();

        public IntoNewSlabs() {
            log.append(Sample.events(1, 1));
        }

        @Actor
        public void append() {
            log.append(Sample.events(2, 2));
            log.append(Sample.events(3, 4));
        }

        @Actor
        public void read(LLL_Result seen) {
            seen.r1 = reader.readToEnd(log).toString();
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r2 = reader.readToEnd(log).letGo().toString();
            seen.r3 = memory.judge(log);
        }
    }

    @JCStressTest(Mode.Termination)
    @Description("A reader that looks again and again sees what is appended.")
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It was seen.")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "The reader looks at what was there before, for ever.")
    @State
    public static class IsSeen {
        private final EventLog log = new EventLog(Sample.EPOCH, PLENTY, new Memory(PLENTY).budget);

        @Actor
        public void read() {
            while (log.lastSeq() == 0) {
                // Nothing here may make it look, other than the log itself.
            }
        }

        @Signal
        public void append() {
            log.append(Sample.events(1, 1));
        }
    }
}
