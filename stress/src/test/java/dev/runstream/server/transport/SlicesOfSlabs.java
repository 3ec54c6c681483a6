package dev.runstream.server.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The server's own slabs: a slice that waits for a socket keeps its bytes, whatever becomes of the log meanwhile. */
@JCStressTest
@Description("Events are evicted while a reader takes a slice of them, writes it and releases it.")
@Outcome(
        id = {"first, freed", "gap, freed"},
        expect = ACCEPTABLE,
        desc = "Whole bytes, or none; and all was freed.")
@Outcome(expect = FORBIDDEN, desc = "Other bytes, or memory that is still held.")
@State
public class SlicesOfSlabs {
    private static final List<NewEvent> FIRST = List.of(new NewEvent(EventType.DELTA, JsonBytes.ofString("first"), 1));
    private static final List<NewEvent> SECOND =
            List.of(new NewEvent(EventType.DELTA, JsonBytes.ofString("second"), 1));
    private static final String BYTES = "id: 1-1\nevent: delta\ndata: \"first\"\n\n";

    private final HeapSlabs memory = new HeapSlabs();
    /** Without room for more than is needed, so that each event gets a slab of its own. */
    private final MemoryBudget budget = new MemoryBudget(new NettySlabs(memory), 0);

    private final EventLog log = new EventLog(1, Long.MAX_VALUE, budget);
    private @Nullable ByteBuf slice;

    public SlicesOfSlabs() {
        log.append(FIRST);
        log.append(SECOND);
    }

    @Actor
    public void evict() {
        log.evictUntil(0);
        budget.sweep();
    }

    @Actor
    public void write(LL_Result seen) {
        LogRead read = log.read(0, 1, (slab, offset, length) -> slice = NettySlabs.retainedSlice(slab, offset, length));
        ByteBuf taken = slice;
        if (taken == null) {
            seen.r1 = read instanceof LogRead.Gap ? "gap" : "nothing";
            return;
        }
        seen.r1 = taken.toString(StandardCharsets.UTF_8).equals(BYTES) ? "first" : "torn";
        taken.release();
    }

    @Arbiter
    public void judge(LL_Result seen) {
        log.close();
        budget.sweep();
        seen.r2 = budget.usedBytes() == 0 ? memory.judge() : "counted wrong";
    }
}
