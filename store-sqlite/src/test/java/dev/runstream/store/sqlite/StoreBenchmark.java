package dev.runstream.store.sqlite;

import com.sun.management.OperatingSystemMXBean;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.SlabAllocator;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AskedRun;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures the store as it is: events per second and process CPU per event, for some numbers of runs, flat out.
 *
 * <p>Run it by hand: {@code java -cp … dev.runstream.store.sqlite.StoreBenchmark FOLDER [SECONDS]}.
 */
final class StoreBenchmark {
    private static final EventDraft EVENT = new EventDraft.Valid(EventType.DELTA, Json.ofSize(200, 1));

    private final RunStore store;
    private final Path folder;
    private final Duration time;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final LongAdder events = new LongAdder();
    private final List<Long> micros = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean done;

    private StoreBenchmark(RunStore store, Path folder, Duration time) {
        this.store = store;
        this.folder = folder;
        this.time = time;
    }

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        Duration time = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 10);
        measure(root, time, "warm-up", 100, 1, 1, Durability.OS);
        measure(root, time, "one event at a time", 1, 1, 1, Durability.OS);
        measure(root, time, "one event at a time", 100, 1, 1, Durability.OS);
        measure(root, time, "one event at a time", 2_000, 1, 1, Durability.OS);
        measure(root, time, "256 requests under way", 1, 256, 1, Durability.OS);
        measure(root, time, "256 events a request", 1, 1, 256, Durability.OS);
        measure(root, time, "one event at a time", 1, 1, 1, Durability.FSYNC);
        measure(root, time, "one event at a time", 2_000, 1, 1, Durability.FSYNC);
    }

    private static void measure(
            Path root, Duration time, String how, int runs, int depth, int eventsAtOnce, Durability durability)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(root, "store");
        try (SystemTimers timers = new SystemTimers("timers");
                RunStore store = SqliteRunStore.open(
                        new SqliteSettings(folder, durability, 10L << 30, BootId.ofMachine()),
                        RunSettings.defaults(),
                        new MemoryBudget(SlabAllocator.heap(), 256L << 20),
                        InstantSource.system(),
                        timers,
                        RunObserver.NONE,
                        Telling.DIRECT)) {
            new StoreBenchmark(store, folder, time).run(how, runs, depth, eventsAtOnce, durability);
        }
    }

    private void run(String how, int runs, int depth, int eventsAtOnce, Durability durability)
            throws IOException, InterruptedException {
        AppendBatch batch = new AppendBatch(Optional.empty(), Collections.nCopies(eventsAtOnce, EVENT));
        CountDownLatch ended = new CountDownLatch(runs * depth);
        for (int i = 0; i < runs; i++) {
            String runId = "r" + i;
            Stages.await(store.create(
                    AskedRun.external(runId, System.currentTimeMillis()).build()));
        }
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = process.getProcessCpuTime();
        long writerCpu = writerCpuNanos();
        long begin = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            for (int k = 0; k < depth; k++) {
                append("r" + i, batch, ended);
            }
        }
        boolean _ = ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
        long count = events.sum();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuMicros = (process.getProcessCpuTime() - cpu) / 1e3;
        double writerMicros = (writerCpuNanos() - writerCpu) / 1e3;
        long log = Files.size(folder.resolve(StoreFile.FILE_NAME + "-wal"));
        done = true;
        ended.await();
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        out.printf(
                "%-6s %5d runs, %-22s: %8.0f events/s, %6.2f us CPU per event (writer %6.2f), p50 %d us, p99 %d us, max %d us, log %d"
                        + " KiB, file %d MiB%n",
                durability,
                runs,
                how,
                count / seconds,
                cpuMicros / count,
                writerMicros / count,
                sorted[sorted.length / 2],
                sorted[sorted.length * 99 / 100],
                sorted[sorted.length - 1],
                log / 1024,
                Files.size(folder.resolve(StoreFile.FILE_NAME)) >> 20);
    }

    private static long writerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("store-writer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
                .sum();
    }

    /** Appends again and again, each time on the thread that brought the answer. */
    private void append(String runId, AppendBatch batch, CountDownLatch ended) {
        long begin = System.nanoTime();
        var _ = store.append(runId, batch).thenAccept(result -> {
            events.add(batch.drafts().size());
            if (events.sum() % 64 < batch.drafts().size()) {
                micros.add((System.nanoTime() - begin) / 1_000);
            }
            if (done) {
                ended.countDown();
            } else {
                append(runId, batch, ended);
            }
        });
    }
}
