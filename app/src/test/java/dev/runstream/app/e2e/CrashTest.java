package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.testing.TestSeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server while it is written to and read from. */
@Tag("slow")
@Timeout(240)
class CrashTest {
    private static final int CRASHES = 20;
    private static final int READERS = 20;
    private static final int PRODUCERS = 4;
    private static final int MOST_ACKNOWLEDGED = 600;
    /** A kill right behind an acknowledgement would always find the store between two steps. */
    private static final long MOST_NANOS_AFTER = TimeUnit.MILLISECONDS.toNanos(3);

    @TempDir
    private Path data;

    @Test
    void losesAndRepeatsNothingThatWasSeenOrAcknowledged() throws Exception {
        long seed = TestSeed.draw();
        String again = TestSeed.again(seed);
        Random random = new Random(seed);
        int port = ServerProcess.freePort();
        Semaphore acknowledged = new Semaphore(0);
        List<PersistentReader> readers = new ArrayList<>();
        List<CrashProducer> producers = new ArrayList<>();
        ServerProcess server = ServerProcess.start(data, port);
        try {
            assertThat(server.post("/api/agents/run", "{\"agent\":\"external\",\"runId\":\"crash\"}")
                            .statusCode())
                    .isEqualTo(201);
            for (int i = 0; i < READERS; i++) {
                readers.add(new PersistentReader(port, "crash"));
            }
            for (int i = 0; i < PRODUCERS; i++) {
                producers.add(new CrashProducer(port, "p" + i, 1 + i * i, acknowledged));
            }
            for (int crash = 0; crash < CRASHES; crash++) {
                awaitMoment(random, acknowledged, producers);
                server.kill();
                server = ServerProcess.start(data, port);
            }
            List<String> sent = new ArrayList<>();
            for (CrashProducer producer : producers) {
                sent.addAll(producer.stop());
            }
            assertThat(server.post("/api/agents/run/crash/events", "{\"type\":\"complete\",\"data\":\"done\"}")
                            .statusCode())
                    .isEqualTo(200);
            PersistentReader afterwards = new PersistentReader(port, "crash");
            readers.addFirst(afterwards);
            for (PersistentReader reader : readers) {
                reader.awaitEnd();
                assertThat(reader.wrongs()).as(again).isEmpty();
                assertThat(reader.difference(afterwards))
                        .as("what was seen before a crash is what is there after all of them; %s", again)
                        .isEmpty();
            }
            assertThat(readers.getLast().connections()).isGreaterThan(CRASHES / 2);
            assertEachOnce(afterwards.received().values(), sent, again);
        } finally {
            producers.forEach(CrashProducer::close);
            readers.forEach(PersistentReader::stop);
            server.close();
        }
    }

    private static void assertEachOnce(Collection<String> stored, List<String> sent, String again) {
        List<String> ofProducers =
                stored.stream().filter(text -> text.startsWith("\"p")).toList();
        Set<String> lost = new HashSet<>(sent);
        lost.removeAll(new HashSet<>(ofProducers));
        assertThat(lost).as("acknowledged, and not there; %s", again).isEmpty();
        assertThat(ofProducers.size())
                .as("each that was acknowledged is there once, and no other; %s", again)
                .isEqualTo(sent.size());
    }

    /** Now and then the server is killed as soon as it is ready, when all come back to it. */
    private static void awaitMoment(Random random, Semaphore acknowledged, List<CrashProducer> producers)
            throws Exception {
        if (random.nextInt(5) > 0) {
            acknowledged.drainPermits();
            int events = 1 + random.nextInt(MOST_ACKNOWLEDGED);
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (!acknowledged.tryAcquire(events, 1, TimeUnit.SECONDS)) {
                for (CrashProducer producer : producers) {
                    producer.requireGoing();
                }
                assertThat(System.nanoTime()).as("within a minute").isLessThan(deadline);
            }
        }
        long moment = System.nanoTime() + random.nextLong(MOST_NANOS_AFTER);
        while (System.nanoTime() < moment) {
            Thread.onSpinWait();
        }
    }
}
