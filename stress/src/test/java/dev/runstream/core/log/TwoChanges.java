package dev.runstream.core.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads change one log at once: it becomes what one after the other would have made of it, in either order. */
public final class TwoChanges {
    private TwoChanges() {}

    @JCStressTest
    @Description("One thread appends while another makes room in the same log.")
    @Outcome(
            id = {"1(2-4)5, freed", "1(2-3)45, freed"},
            expect = ACCEPTABLE,
            desc = "All that may be there, whoever came first.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class AppendAndEvict {
        private final Memory memory = new Memory(0);
        private final EventLog log = new EventLog(Sample.EPOCH, 3 * Sample.DATA_BYTES, memory.budget);

        public AppendAndEvict() {
            for (int seq = 1; seq <= 3; seq++) {
                log.append(Sample.events(seq, seq));
            }
        }

        @Actor
        public void append() {
            log.append(Sample.events(4, 5));
        }

        @Actor
        public void evict() {
            log.evictUntil(0);
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r1 = new Reader().readToEnd(log).letGo().toString();
            seen.r2 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("One thread appends while another lets the log leave memory.")
    @Outcome(
            id = {"absent, 45, freed", "absent, absent, freed"},
            expect = ACCEPTABLE,
            desc = "What was there before has left, and what is new has left with it or stays whole.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class AppendAndRelease {
        private final Memory memory = new Memory(ReleaseAndRead.LIMIT_BYTES);
        private final EventLog log = ReleaseAndRead.logOfCache(memory);

        @Actor
        public void append() {
            log.append(Sample.events(4, 5));
        }

        @Actor
        public void release() {
            log.releaseResident(Long.MAX_VALUE, false);
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r1 = new Reader().readToEnd(log).letGo().toString();
            seen.r2 = new Reader(3).readToEnd(log).letGo().toString();
            seen.r3 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("One thread makes room while another lets all but the newest segment leave memory.")
    @Outcome(
            id = "absent, 3, freed",
            expect = ACCEPTABLE,
            desc = "The partial is in the store only, and the last event is here.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class EvictAndRelease {
        private final Memory memory = new Memory(ReleaseAndRead.LIMIT_BYTES);
        private final EventLog log = ReleaseAndRead.logOfCache(memory);

        @Actor
        public void evict() {
            log.evictUntil(0);
        }

        @Actor
        public void release() {
            log.releaseResident(Long.MAX_VALUE, true);
        }

        @Arbiter
        public void judge(LLL_Result seen) {
            seen.r1 = new Reader().readToEnd(log).letGo().toString();
            seen.r2 = new Reader(2).readToEnd(log).letGo().toString();
            seen.r3 = memory.judge(log);
        }
    }
}
