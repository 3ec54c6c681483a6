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

/** What leaves memory while it is read: a reader gets the bytes, or is sent to the store, and nothing between. */
public final class ReleaseAndRead {
    /** Leaves the first event a slab of its own. */
    static final long LIMIT_BYTES = 511;

    private static final int[] SIZES = {Sample.DATA_BYTES};

    private ReleaseAndRead() {}

    static EventLog logOfCache(Memory memory) {
        EventLog log = new EventLog(LogState.empty(Sample.EPOCH), Long.MAX_VALUE, memory.budget, seq -> SIZES);
        for (int seq = 1; seq <= 3; seq++) {
            log.append(Sample.events(seq, seq));
        }
        return log;
    }

    @JCStressTest
    @Description("A log that is a cache leaves memory as a whole.")
    @Outcome(
            id = {"123, freed", "1absent, freed", "absent, freed"},
            expect = ACCEPTABLE,
            desc = "A prefix, and where it ends the reader is sent to the store.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class OfAll {
        private final Memory memory = new Memory(LIMIT_BYTES);
        private final EventLog log = logOfCache(memory);
        private final Reader reader = new Reader();

        @Actor
        public void release() {
            log.releaseResident(Long.MAX_VALUE, false);
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
    @Description("A log leaves memory for good while a reader, and then a write to its socket, holds what it read.")
    @Outcome(
            id = {"123, freed", "1absent, freed", "absent, freed"},
            expect = ACCEPTABLE,
            desc = "What was read stayed until it was let go, and all was freed once.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class WithAPendingWrite {
        private final Memory memory = new Memory(LIMIT_BYTES);
        private final EventLog log = logOfCache(memory);
        private final Reader reader = new Reader();

        @Actor
        public void release() {
            log.releaseResident(Long.MAX_VALUE, false);
            memory.budget.sweep();
        }

        @Actor
        public void read() {
            reader.readToEnd(log);
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r1 = reader.letGo().toString();
            seen.r2 = memory.judge(log);
        }
    }

    @JCStressTest
    @Description("The segment alone: its slab goes back with the last who holds it, the log or a reader.")
    @Outcome(
            id = {"1, freed", "late, freed"},
            expect = ACCEPTABLE,
            desc = "Whole bytes, or none.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was seen, or memory went wrong.")
    @State
    public static class OfOneSegment {
        private final Memory memory = new Memory(Long.MAX_VALUE);
        private final Segment segment = new Segment(1, memory.budget.take(128), memory.budget);

        public OfOneSegment() {
            NewEvent event = Sample.events(1, 1).getFirst();
            segment.append(new EventEncoder(Sample.EPOCH), event.type(), event.data());
        }

        @Actor
        public void retire() {
            segment.unpin();
        }

        @Actor
        public void read(LL_Result seen) {
            if (!segment.tryPin()) {
                seen.r1 = "late";
                return;
            }
            Reader reader = new Reader();
            segment.handOver(1, 1, Integer.MAX_VALUE, reader);
            seen.r1 = reader.letGo().toString();
            segment.unpin();
        }

        @Arbiter
        public void judge(LL_Result seen) {
            seen.r2 = memory.judge();
        }
    }
}
