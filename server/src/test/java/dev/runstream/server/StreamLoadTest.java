package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.runstream.core.log.EventType;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Many readers, much data, and nothing left behind. */
@Tag("slow")
@ParameterizedClass
@MethodSource("dev.runstream.server.Transports#here")
class StreamLoadTest {
    private static final long SEED = 20_251_123;

    private final String transport;
    private HoldCountingStore store;
    private TestServer server;

    StreamLoadTest(String transport) {
        this.transport = transport;
        start(tuning -> tuning);
    }

    private void start(UnaryOperator<Tuning> tuning) {
        HoldCountingStore[] made = new HoldCountingStore[1];
        server = TestServer.start(
                base -> tuning.apply(new Tuning(base).transport(transport)).settings(), runs -> runs, inner -> {
                    made[0] = new HoldCountingStore(inner);
                    return made[0];
                });
        store = made[0];
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(store.use()).isEqualTo("holds 0, readers 0, listeners 0");
        assertThat(store.misuses).hasValue(0);
    }

    private int port() {
        return server.port();
    }

    private static void runAll(List<Runnable> readers) throws InterruptedException {
        Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (Runnable reader : readers) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    reader.run();
                } catch (RuntimeException | Error fault) {
                    faults.add(fault);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void givesEachOfManyReadersEachEventOnceWhileEventsArrive() throws InterruptedException {
        int events = 3_000;
        int readers = 500;
        Feed feed = Feed.external(store, "a");
        List<CountDownLatch> written = new ArrayList<>();
        for (int i = 0; i <= events; i++) {
            written.add(new CountDownLatch(1));
        }
        SplittableRandom random = new SplittableRandom(SEED);
        List<Runnable> tasks = new ArrayList<>();
        tasks.add(() -> {
            long begin = System.nanoTime();
            for (int i = 1; i <= events; i++) {
                feed.delta(Integer.toString(i));
                written.get(i).countDown();
                // 1,000 events a second.
                while (System.nanoTime() - begin < i * 1_000_000L) {
                    Thread.onSpinWait();
                }
            }
            feed.complete("0");
        });
        for (int i = 0; i < readers; i++) {
            int joinsAt = random.nextInt(1, events);
            double share = random.nextDouble();
            tasks.add(() -> {
                awaitUninterrupted(written.get(joinsAt));
                try (StreamReader reader = StreamReader.after(port(), "a", (long) (share * joinsAt))) {
                    assertThat(reader.next().gap()).isEmpty();
                    List<StreamReader.Frame> rest = reader.rest();
                    assertThat(rest.getLast().seq()).isEqualTo(events + 2);
                    assertThat(rest).hasSize((int) (events + 2 - (long) (share * joinsAt)));
                }
            });
        }

        runAll(tasks);

        Scrape.awaitClosed(port(), "complete", readers, 0);
    }

    @Test
    void replaysTenMegabytesInOrderToManyReadersThatStallAtRandom() throws InterruptedException {
        Feed feed = Feed.external(store, "a");
        for (int i = 0; i < 200; i++) {
            feed.deltas(100, 500);
        }
        feed.complete("0");
        SplittableRandom seeds = new SplittableRandom(SEED);
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SplittableRandom random = seeds.split();
            boolean narrow = i % 4 == 0;
            tasks.add(() -> {
                try (StreamReader reader =
                        narrow ? StreamReader.narrow(port(), "a", 32 * 1024) : StreamReader.open(port(), "a")) {
                    assertThat(reader.next().gap()).isEmpty();
                    for (long at = 1; at < 20_000; at = Math.min(20_000, at + random.nextInt(1, 4_000))) {
                        reader.upTo(at + 1);
                        for (int stalls = random.nextInt(3); stalls > 0; stalls--) {
                            RawHttp.get(port(), "/healthz");
                        }
                        at++;
                    }
                    assertThat(reader.rest().getLast().seq()).isEqualTo(20_002);
                }
            });
        }

        runAll(tasks);

        assertThat(Scrape.awaitClosed(port(), "complete", 20, 0).value("ai_stream_bytes_sent_total"))
                .isGreaterThan(20 * 10_000_000.0);
    }

    @Test
    void tellsEachReaderEitherAnEventOrItsHoleWhileEventsAreEvicted() throws InterruptedException {
        Feed feed = Feed.external(store, "a");
        CountDownLatch begun = new CountDownLatch(12);
        List<Runnable> tasks = new ArrayList<>();
        tasks.add(() -> {
            awaitUninterrupted(begun);
            for (int i = 0; i < 60; i++) {
                feed.deltas(10, 50_000);
                if (i % 7 == 0) {
                    feed.partial("\"" + i + "\"");
                }
            }
            feed.complete("0");
        });
        for (int i = 0; i < 12; i++) {
            int size = i % 3 == 0 ? 4 * 1024 : 256 * 1024;
            tasks.add(() -> {
                try (StreamReader reader = StreamReader.narrow(port(), "a", size)) {
                    reader.next();
                    begun.countDown();
                    assertThat(reader.rest().getLast().event()).isEqualTo("complete");
                }
            });
        }

        runAll(tasks);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    @Test
    void leavesNothingBehindAfterAThousandStreams() throws InterruptedException {
        Feed.external(store, "a").deltas(20, 5_000).complete("0");
        Feed.external(store, "b").deltas(20, 5_000);
        openAndClose(100);
        long descriptors = descriptors();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();

        openAndClose(1_000);

        Scrape.await(port(), seen -> descriptors() <= descriptors + 2);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 2);
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()).isLessThanOrEqualTo(direct);
        assertThat(LeakGuard.leaks()).isEmpty();
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private void openAndClose(int streams) {
        for (int i = 0; i < streams; i++) {
            try (StreamReader reader = StreamReader.open(port(), i % 2 == 0 ? "a" : "b")) {
                reader.next();
                if (i % 3 == 0) {
                    reader.upTo(21);
                }
                if (i % 5 == 0) {
                    reader.reset();
                }
            }
        }
        Scrape after = Scrape.awaitNoStream(port());
        assertThat(after.value("ai_stream_clients_gauge")).isZero();
        Scrape.await(port(), seen -> store.isUnused());
    }

    @Test
    void doesNotCutAReaderThatTakesATrickle() throws IOException {
        // The JDK cannot tell what the system has sent on: there a reader has to take a good part of its buffer.
        assumeFalse(transport.equals("nio"));
        server.close();
        Duration slow = Duration.ofSeconds(1);
        start(tuning -> tuning.slow(slow).keepalive(Duration.ofMillis(50)));
        Feed.external(store, "ticks");
        Feed feed = Feed.external(store, "a");
        try (StreamReader ticks = StreamReader.open(port(), "ticks");
                StreamReader trickle = StreamReader.narrow(port(), "a", 4 * 1024)) {
            trickle.next();
            for (int i = 0; i < 90; i++) {
                feed.event(EventType.DELTA, "\"" + "x".repeat(100_000) + "\"");
            }
            ticks.upTo(1);
            long taken = 0;
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < slow.multipliedBy(6).toNanos()) {
                // A tick is 50 ms; less than the server hands to the system at once arrives within the limit.
                assertThat(ticks.next().isComment()).isTrue();
                byte[] some = trickle.socket().getInputStream().readNBytes(1_000);
                taken += some.length;
            }
            assertThat(taken).isLessThan(200_000);
            Scrape seen = Scrape.of(port());
            assertThat(seen.closed("slow")).isZero();
            assertThat(seen.value("ai_stream_connections_active")).isEqualTo(2);
        }
    }
}
