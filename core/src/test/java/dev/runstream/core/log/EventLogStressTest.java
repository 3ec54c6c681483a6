package dev.runstream.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.Stages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One appender, an evictor, one who takes memory away, and readers of different haste, all at once. */
final class EventLogStressTest {
    private static final long EPOCH = 1_763_841_600_000L;
    private static final int EVENTS = 60_000;
    private static final int READERS = 4;

    private final CheckedSlabs slabs = new CheckedSlabs();
    private final MemoryBudget budget = new MemoryBudget(slabs, Long.MAX_VALUE);

    @AfterEach
    void givesAllMemoryBack() {
        budget.sweep();
        assertThat(budget.usedBytes()).isZero();
        slabs.verifyAllReturned();
    }

    private static JsonBytes data(long seq) {
        return Json.ofSize(seq % 501 == 0 ? 20_000 : 2 + (int) (seq * 7 % 120), seq);
    }

    private static EventType type(long seq) {
        return seq % 97 == 0 ? EventType.PARTIAL : EventType.DELTA;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void showsEveryReaderEachEventOnceOrTheHole(long seed) {
        EventLog log = new EventLog(EPOCH, 200_000, budget);
        AtomicLong delivered = run(log, seed, false);
        assertThat(delivered.get()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void showsEveryReaderEachEventOnceOrTheHoleWhereMemoryIsACache(long seed) {
        EventLog log = new EventLog(LogState.empty(EPOCH), 5_000_000, budget, seq ->
                new int[] {data(seq).length()});
        AtomicLong delivered = run(log, seed, true);
        assertThat(delivered.get()).isPositive();
    }

    private AtomicLong run(EventLog log, long seed, boolean cached) {
        AtomicLong delivered = new AtomicLong();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        threads.add(start(() -> append(log)));
        threads.add(start(() -> evict(log, new Random(seed))));
        if (cached) {
            threads.add(start(() -> release(log, new Random(-seed))));
        }
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed * READERS + i);
            threads.add(start(() -> new Reader(log, random, delivered).readToEnd()));
        }
        threads.forEach(Stages::await);
        log.close();
        return delivered;
    }

    private static CompletableFuture<Void> start(Runnable work) {
        return CompletableFuture.runAsync(work, task -> Thread.ofPlatform().start(task));
    }

    private static void append(EventLog log) {
        for (long seq = 1; seq <= EVENTS; seq++) {
            log.append(List.of(new NewEvent(type(seq), data(seq), 1 + (int) (seq / 10_000))));
        }
    }

    private static void evict(EventLog log, Random random) {
        while (log.lastSeq() < EVENTS) {
            log.evictUntil(random.nextInt(400_000));
            Thread.onSpinWait();
        }
    }

    private void release(EventLog log, Random random) {
        while (log.lastSeq() < EVENTS) {
            log.releaseResident(random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextInt(100_000), false);
            budget.sweep();
        }
    }

    /** Reads to the last event, pinning some slabs as a socket does that is slow to take them. */
    private final class Reader {
        private final EventLog log;
        private final Random random;
        private final AtomicLong delivered;
        private final List<Pinned> pinned = new ArrayList<>();
        private long position;

        private record Pinned(CheckedSlabs.CheckedSlab slab, int offset, byte[] bytes) {}

        Reader(EventLog log, Random random, AtomicLong delivered) {
            this.log = log;
            this.random = random;
            this.delivered = delivered;
        }

        void readToEnd() {
            while (position < EVENTS) {
                step();
                if (pinned.size() > 8) {
                    unpin();
                }
            }
            unpin();
        }

        private void step() {
            long before = position;
            LogRead read = log.read(before, 1 + random.nextInt(20_000), this::take);
            switch (read) {
                case LogRead.Slice slice -> require(slice.lastSeq() == position, "slice to " + slice.lastSeq());
                case LogRead.Gap gap -> {
                    require(gap.fromSeq() == before + 1 && gap.toSeq() > before, gap.toString());
                    require(gap.toSeq() < log.firstHeldSeq() || gap.toSeq() < log.rangeFirstSeq(), "held: " + gap);
                    position = gap.toSeq();
                }
                case LogRead.Absent absent -> fetch();
                case LogRead.CaughtUp caughtUp -> Thread.onSpinWait();
            }
        }

        private void fetch() {
            EventPage page = EventPage.encode(
                    EPOCH,
                    position + 1,
                    List.of(new StoredEvent(type(position + 1), data(position + 1))),
                    budget,
                    () -> {});
            take(page.slab(), 0, page.length());
            page.release();
        }

        private void take(Slab slab, int offset, int length) {
            byte[] bytes = new byte[length];
            slab.read(offset, bytes, 0, length);
            int at = 0;
            while (at < length) {
                long seq = ++position;
                byte[] expected = Encoded.bytes(EPOCH, seq, type(seq), data(seq));
                require(
                        at + expected.length <= length
                                && Arrays.equals(expected, 0, expected.length, bytes, at, at + expected.length),
                        "other bytes at " + at + " of " + length);
                at += expected.length;
                delivered.incrementAndGet();
            }
            if (random.nextInt(50) == 0) {
                CheckedSlabs.CheckedSlab checked = (CheckedSlabs.CheckedSlab) slab;
                checked.pin();
                pinned.add(new Pinned(checked, offset, bytes));
            }
        }

        private void unpin() {
            for (Pinned held : pinned) {
                byte[] now = new byte[held.bytes().length];
                held.slab().read(held.offset(), now, 0, now.length);
                require(Arrays.equals(now, held.bytes()), "pinned bytes changed");
                held.slab().unpin();
            }
            pinned.clear();
        }

        private void require(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError(what + " at position " + position);
            }
        }
    }
}
