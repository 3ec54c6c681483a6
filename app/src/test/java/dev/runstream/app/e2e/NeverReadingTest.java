package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten readers that never read, while 100 MB pass a run: memory stays within its limits, they are cut in time, and the
 * others notice nothing.
 *
 * <p>What the others notice is judged by rounds with and without those ten, in pairs that follow each other, so that
 * whatever else the machine does meets both. The median of the pairs' ratios must lie within what rounds without them
 * differ by among themselves, or where those are very much alike be less than 1.5.
 */
@Tag("slow")
@Tag("alone")
@Timeout(240)
final class NeverReadingTest {
    private static final int PAIRS = 7;
    private static final int STALLED = 10;
    private static final int READERS = 3;
    private static final int EVENT_BYTES = 8 * 1024;
    /** 100 MB. */
    private static final int MANY_EVENTS = 12_800;
    /** Of each round of a pair: 40 MB within two seconds. */
    private static final int EVENTS = 5_000;

    private static final int EVENTS_PER_SECOND = 2_500;
    private static final Duration LIMIT = Duration.ofMillis(1_500);
    /** What a machine with other work on it may take to look, beside the limit. */
    private static final Duration LOOKS = Duration.ofSeconds(3);
    /** Differences below this are no finding, however alike the rounds without are. */
    private static final double LEAST_SPREAD = 1.5;

    private static final double MEGABYTE = 1024 * 1024;
    private static final double TOTAL_BUFFER_BYTES = 64 * MEGABYTE;
    /** A reader that stalls pins one slab, and slabs grow to 64 KiB. */
    private static final double MOST_PINNED_BYTES = STALLED * MEGABYTE / 16;

    /** What is read from the publisher, and written to readers that read. */
    private static final double MOST_ON_THE_WAY_BYTES = 4 * MEGABYTE;

    private static final double MOST_HEAP_BYTES = 48 * MEGABYTE;
    private static final String CUT = "ai_stream_closed_total{reason=\"slow\"}";

    @TempDir
    private Path data;

    private final StampedEvents events = new StampedEvents(EVENTS_PER_SECOND, EVENT_BYTES);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void disturbNobodyAndAreCut() throws Exception {
        try (clock;
                threads;
                ServerProcess server = ServerProcess.start(
                        data,
                        0,
                        "--store",
                        "memory",
                        "--total-buffer",
                        "64MB",
                        "--run-buffer",
                        "32MB",
                        "--slow-reader-timeout",
                        LIMIT.toMillis() + "ms")) {
            round(server, "many", MANY_EVENTS, STALLED);
            double[] with = new double[PAIRS];
            double[] without = new double[PAIRS];
            for (int pair = 0; pair < PAIRS; pair++) {
                boolean withFirst = pair % 2 == 0;
                for (boolean stalled : new boolean[] {withFirst, !withFirst}) {
                    double percentile99 = round(server, "r" + pair + stalled, EVENTS, stalled ? STALLED : 0);
                    (stalled ? with : without)[pair] = percentile99;
                }
            }
            assertSmallHeap(server);
            assertThat(server.metric(CUT)).isEqualTo(STALLED * (PAIRS + 1.0));
            assertThat(server.metric("ai_stream_closed_total{reason=\"complete\"}"))
                    .isEqualTo(READERS * (2 * PAIRS + 1.0));
            double[] ratios = new double[PAIRS];
            Arrays.setAll(ratios, pair -> with[pair] / without[pair]);
            assertThat(sorted(ratios)[PAIRS / 2])
                    .as("median of the ratios; ms, with: %s, without: %s", show(with), show(without))
                    .isLessThan(Math.max(LEAST_SPREAD, spread(without)));
        }
    }

    /** What equal rounds differ by; the one that was most and the one that was least disturbed are left out. */
    private static double spread(double[] equal) {
        double[] sorted = sorted(equal);
        return sorted[sorted.length - 2] / sorted[1];
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static String show(double[] values) {
        return Arrays.toString(Arrays.stream(values)
                .map(value -> Math.round(value * 10) / 10.0)
                .toArray());
    }

    /** Passes all events through a run; the 99th percentile of how long they took to readers that read, in ms. */
    private double round(ServerProcess server, String runId, int count, int stalled) throws Exception {
        double cutBefore = server.metric(CUT);
        List<RawConnection> never = new ArrayList<>();
        try (RawConnection publisher = new RawConnection(server.port())) {
            publisher.post("run", "json", "{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
            assertThat(publisher.status()).isEqualTo(201);
            CountDownLatch begun = new CountDownLatch(READERS);
            List<Future<long[]>> reading = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reading.add(threads.submit(() -> events.read(server.port(), runId, begun::countDown)));
            }
            begun.await();
            for (int i = 0; i < stalled; i++) {
                never.add(stall(server, runId));
            }
            long begin = System.nanoTime();
            CompletableFuture<Void> written = events.publish(publisher, runId, count, clock);
            // Looks as often with and without, since a look takes time too.
            server.awaitUntil("all is written, and those that never read are cut", () -> {
                String metrics = server.metrics();
                assertWithinLimits(metrics);
                boolean cut = ServerProcess.valueIn(metrics, CUT) == cutBefore + stalled;
                assertThat(cut || System.nanoTime() - begin < LIMIT.plus(LOOKS).toNanos())
                        .as("cut in time")
                        .isTrue();
                return cut && written.isDone();
            });
            written.get();
            assertThat(publisher.status()).isEqualTo(200);
            return percentile99(reading, count);
        } finally {
            for (RawConnection one : never) {
                one.close();
            }
        }
    }

    private static RawConnection stall(ServerProcess server, String runId) throws IOException {
        RawConnection connection = new RawConnection(server.port());
        connection.send("GET /api/agents/stream/" + runId + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        connection.awaitFirstByte();
        return connection;
    }

    private static void assertWithinLimits(String metrics) {
        assertThat(ServerProcess.valueIn(metrics, "ai_run_memory_bytes"))
                .as("memory of all logs")
                .isLessThanOrEqualTo(TOTAL_BUFFER_BYTES + MOST_PINNED_BYTES);
        assertThat(ServerProcess.valueIn(metrics, "ai_direct_memory_used_bytes"))
                .as("direct memory in use")
                .isLessThanOrEqualTo(TOTAL_BUFFER_BYTES + MOST_PINNED_BYTES + MOST_ON_THE_WAY_BYTES);
    }

    /** Of all that has passed nothing is left. */
    private static void assertSmallHeap(ServerProcess server) {
        Jcmd.collectGarbage(server.process());
        assertThat(server.metric("jvm_memory_used_bytes{area=\"heap\"}"))
                .as("heap in use")
                .isLessThanOrEqualTo(MOST_HEAP_BYTES);
    }

    private static double percentile99(List<Future<long[]>> reading, int count) throws Exception {
        LongStream all = LongStream.empty();
        for (Future<long[]> one : reading) {
            long[] took = one.get(60, TimeUnit.SECONDS);
            assertThat(took.length).as("events that a reader had").isEqualTo(count);
            all = LongStream.concat(all, Arrays.stream(took));
        }
        long[] sorted = all.sorted().toArray();
        return sorted[(int) (sorted.length * 0.99)] / 1e6;
    }
}
