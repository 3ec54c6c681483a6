package dev.runstream.bench.micro;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.log.SlabAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What an event of 200 bytes costs a log that is full and evicts, and what reading costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class LogBenchmark {
    private static final long RUN_BUFFER_BYTES = 10_000_000;
    private static final int SLICE_BYTES = 64 * 1024;
    private static final NewEvent EVENT = new NewEvent(
            EventType.DELTA, JsonBytes.trusted(('"' + "x".repeat(198) + '"').getBytes(StandardCharsets.US_ASCII)), 1);

    /** How many events the log has had; it holds 50,000 at the most. */
    @Param({"100", "100000"})
    public int events = 100;

    private EventLog log = newLog();
    private long middle;

    private static EventLog newLog() {
        return new EventLog(1, RUN_BUFFER_BYTES, new MemoryBudget(SlabAllocator.heap(), Long.MAX_VALUE));
    }

    @Setup(Level.Trial)
    public void fill() {
        log = newLog();
        for (int i = 0; i < events; i++) {
            log.append(List.of(EVENT));
        }
        middle = (log.rangeFirstSeq() + log.lastSeq()) / 2;
    }

    @TearDown(Level.Trial)
    public void close() {
        log.close();
    }

    /** One event, which also evicts one once the log is full. */
    @Benchmark
    public void append() {
        log.append(List.of(EVENT));
    }

    /** The last event, as a reader of the live tail gets it. */
    @Benchmark
    public LogRead readLast(Blackhole hole) {
        return log.read(log.lastSeq() - 1, SLICE_BYTES, (slab, offset, length) -> hole.consume(length));
    }

    /** Up to 64 KiB from the middle, as a replay gets it. */
    @Benchmark
    public LogRead readSlice(Blackhole hole) {
        return log.read(middle, SLICE_BYTES, (slab, offset, length) -> hole.consume(length));
    }
}
