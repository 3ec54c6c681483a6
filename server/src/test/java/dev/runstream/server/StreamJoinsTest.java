package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.TestSeed;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand joins of one run while it is written: 500 readers at a time that leave in the middle of an event and come
 * back with the id of the last whole one. Worker and readers are one thread, so that two cores are enough.
 */
@Tag("slow")
@Timeout(180)
class StreamJoinsTest {
    private static final int READERS = 500;
    private static final int JOINS_OF_EACH = 20;
    private static final int EVENTS = 10_000;
    private static final long NANOS_PER_EVENT = 1_000_000;

    private final long seed = TestSeed.draw();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final KnownRun run = new KnownRun(events());
    private final byte[] piece = new byte[256 * 1024];
    private int mostAtOnce;
    private final Queue<Returning> away = new PriorityQueue<>(Comparator.comparingInt(Returning::atSeq));

    /** A reader that joins when the event of this seq is there. */
    private record Returning(int atSeq, LeavingReader reader) {}

    private List<KnownRun.Event> events() {
        List<KnownRun.Event> events = new ArrayList<>();
        for (int i = 2; i < EVENTS; i++) {
            int length = random.nextInt(500) == 0 ? 20_000 : random.nextInt(300);
            EventType type = random.nextInt(50) == 0 ? EventType.PARTIAL : EventType.DELTA;
            events.add(KnownRun.Event.of(type, "{\"n\":" + i + ",\"text\":\"ü" + "x".repeat(length) + "\"}"));
        }
        events.add(KnownRun.Event.of(EventType.COMPLETE, "\"done\""));
        return events;
    }

    @Test
    void eachReaderSeesEachEventOnceHoweverOftenItLeaves() throws IOException {
        List<LeavingReader> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            SplittableRandom own = random.split();
            int[] leavesAt =
                    own.ints(JOINS_OF_EACH - 1, 0, run.length()).sorted().toArray();
            readers.add(new LeavingReader(run, leavesAt, own));
            away.add(new Returning(own.nextInt(1, READERS), readers.getLast()));
        }
        try (TestServer server = TestServer.start(UnaryOperator.identity(), UnaryOperator.identity());
                Selector selector = Selector.open()) {
            try {
                letThemRead(server, selector);
            } catch (IOException | RuntimeException | AssertionError fault) {
                throw new AssertionError(TestSeed.again(seed), fault);
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
            Scrape after = Scrape.awaitNoStream(server.port());
            assertThat(mostAtOnce).as("readers at once").isGreaterThan(READERS * 9 / 10);
            assertThat(readers.stream().mapToInt(LeavingReader::joins).sum()).isEqualTo(READERS * JOINS_OF_EACH);
            assertThat(after.resumes("start") + after.resumes("resumed")).isEqualTo(READERS * JOINS_OF_EACH);
            assertThat(after.value("ai_run_evicted_events_total")).isZero();
        }
    }

    private void letThemRead(TestServer server, Selector selector) throws IOException {
        Feed feed = Feed.external(server.store(), "a");
        int written = 1;
        long begin = System.nanoTime();
        while (!away.isEmpty() || !selector.keys().isEmpty()) {
            while (written < run.lastSeq() && System.nanoTime() - begin >= written * NANOS_PER_EVENT) {
                run.publish(feed, ++written);
            }
            while (!away.isEmpty() && away.element().atSeq() <= written) {
                away.remove().reader().join(server.port(), selector);
            }
            mostAtOnce = Math.max(mostAtOnce, connected(selector));
            selector.select(this::read, 1);
        }
    }

    /** Without those that have just left, whose keys go with the next select. */
    private static int connected(Selector selector) {
        return (int) selector.keys().stream().filter(SelectionKey::isValid).count();
    }

    private void read(SelectionKey key) {
        LeavingReader reader = (LeavingReader) key.attachment();
        try {
            if (reader.read((SocketChannel) key.channel(), piece)) {
                int atSeq = reader.comesBackAt();
                if (atSeq <= run.lastSeq()) {
                    away.add(new Returning(atSeq, reader));
                }
            }
        } catch (IOException fault) {
            throw new AssertionError("a connection broke", fault);
        }
    }
}
