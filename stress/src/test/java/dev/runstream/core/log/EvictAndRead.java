package dev.runstream.core.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * What a reader has taken hold of stays as it is while events are evicted, and what may not be evicted, the latest partial
 * and the last event, reaches every reader. Each event lies in a slab of its own.
 */
public final class EvictAndRead {
    private EvictAndRead() {}

    @JCStressTest
    @Description("Appending evicts older events, and the partial among them becomes the island.")
    @Outcome(
            id = {"123, freed", "12345, freed", "12(3-3)45, freed", "1(2-3)45, freed"},
            expect = ACCEPTABLE,
            desc = "The partial and the end came, and each event between them or its gap.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class WhileAppending {
        private final Memory memory = new Memory(0);
        private final EventLog log = new EventLog(Sample.EPOCH, 3 * Sample.DATA_BYTES, memory.budget);
        private final Reader reader = new Reader();

        public WhileAppending() {
            for (int seq = 1; seq <= 3; seq++) {
                log.append(Sample.events(seq, seq));
            }
        }

        @Actor
        public void append() {
            log.append(Sample.events(4, 5));
        }

        @Actor
        public void read(LL_Result seen) {
            seen.r1 = reader.readToEnd(log).letGo().toString();
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r2 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("All is evicted but the partial and the last event.")
    @Outcome(
            id = {"12(3-3)4, freed", "1234, freed", "1(2-3)4, freed"},
            expect = ACCEPTABLE,
            desc = "The partial and the end came, and each event between them or its gap.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class UntilNothingMoreMayGo {
        private final Memory memory = new Memory(0);
        private final EventLog log = new EventLog(Sample.EPOCH, Long.MAX_VALUE, memory.budget);
        private final Reader reader = new Reader();

        public UntilNothingMoreMayGo() {
            for (int seq = 1; seq <= 4; seq++) {
                log.append(Sample.events(seq, seq));
            }
        }

        @Actor
        public void evict() {
            log.evictUntil(0);
        }

        @Actor
        public void read(LL_Result seen) {
            seen.r1 = reader.readToEnd(log).letGo().toString();
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r2 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("All is evicted but the last event, which moves to a slab of its own.")
    @Outcome(
            id = {"123, freed", "(1-2)3, freed"},
            expect = ACCEPTABLE,
            desc = "The end came, and what was before it or the gap.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class ToTheLastOne {
        private final Memory memory = new Memory(Long.MAX_VALUE);
        private final EventLog log = new EventLog(Sample.EPOCH, Long.MAX_VALUE, memory.budget);
        private final Reader reader = new Reader();

        public ToTheLastOne() {
            log.append(Sample.events(1, 3));
        }

        @Actor
        public void evict() {
            log.evictAllButLast();
        }

        @Actor
        public void read(LL_Result seen) {
            seen.r1 = reader.readToEnd(log).letGo().toString();
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r2 = memory.judge(log);
        }
    }
}
