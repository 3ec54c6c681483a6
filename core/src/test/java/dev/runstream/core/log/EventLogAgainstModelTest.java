package dev.runstream.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventPage.StoredEvent;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the log against a model of it, over many random lives of a log. */
final class EventLogAgainstModelTest {
    private static final long EPOCH = 1_763_841_600_000L;
    private static final EventType[] TYPES = {
        EventType.DELTA, EventType.DELTA, EventType.DELTA, EventType.PARTIAL, EventType.STATUS
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void answersAsItsModelWhereAllIsInMemory(long seed) {
        Random seeds = new Random(seed);
        for (int i = 0; i < 1500; i++) {
            new Life(seeds.nextLong(), false).live();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8})
    void answersAsItsModelWhereMemoryIsACache(long seed) {
        Random seeds = new Random(seed);
        for (int i = 0; i < 1500; i++) {
            new Life(seeds.nextLong(), true).live();
        }
    }

    @Test
    void answersAsItsModelWithEventsLargerThanSlabs() {
        Random seeds = new Random(9);
        for (int i = 0; i < 60; i++) {
            new Life(seeds.nextLong(), i % 2 == 0, 40_000).live();
        }
    }

    /** One log from its first event to its close. */
    private static final class Life {
        private final long seed;
        private final Random random;
        private final boolean cached;
        private final int usualBytes;
        private final CheckedSlabs slabs = new CheckedSlabs();
        private final MemoryBudget budget = new MemoryBudget(this::allocate, Long.MAX_VALUE);
        private final Deque<CheckedSlabs.CheckedSlab> pinned = new ArrayDeque<>();
        private final ModelLog model;
        private EventLog log;
        private boolean everReleased;
        private boolean slabsAreShort;
        private long evictedBefore;

        Life(long seed, boolean cached) {
            this(seed, cached, 40);
        }

        Life(long seed, boolean cached, int usualBytes) {
            this.seed = seed;
            this.cached = cached;
            this.usualBytes = usualBytes;
            random = new Random(seed);
            long maxDataBytes = usualBytes * (1L + random.nextInt(60));
            model = new ModelLog(EPOCH, maxDataBytes);
            log = new EventLog(LogState.empty(EPOCH), maxDataBytes, budget, cached ? this::sizesFrom : ColdEvents.NONE);
        }

        void live() {
            try {
                int steps = 1 + random.nextInt(120);
                for (int i = 0; i < steps; i++) {
                    step();
                    checkCounts();
                }
                checkEveryPosition();
                log.close();
                while (!pinned.isEmpty()) {
                    pinned.poll().unpin();
                }
                budget.sweep();
                assertThat(budget.usedBytes()).isZero();
                slabs.verifyAllReturned();
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("seed " + seed + (cached ? ", cached" : ", in memory"), failed);
            }
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 70) {
                append(random.nextInt(40) == 0 ? model.attempt() + 1 + random.nextInt(2) : model.attempt());
            } else if (dice < 78) {
                long to = random.nextLong(model.maxDataBytes + 1);
                log.evictUntil(to);
                model.evictUntil(to);
            } else if (dice == 78) {
                log.evictAllButLast();
                model.evictAllButLast();
            } else if (dice < 88) {
                readOnce(random.nextLong(model.lastSeq() + 2), 1 + random.nextInt(2000));
            } else if (dice < 91 && !pinned.isEmpty()) {
                pinned.poll().unpin();
                budget.sweep();
            } else if (cached && dice < 98) {
                log.releaseResident(random.nextInt(5) == 0 ? Long.MAX_VALUE : random.nextInt(3000), false);
                everReleased = true;
            } else if (cached) {
                restart();
            }
        }

        private Slab allocate(int capacity) {
            if (slabsAreShort && random.nextInt(3) == 0) {
                throw new OutOfSlabsException("no memory, for the test");
            }
            return slabs.allocate(capacity);
        }

        /** Where only memory holds events, want of it refuses all of them; else they pass it by. */
        private void append(int attempt) {
            List<NewEvent> events = new ArrayList<>();
            for (int i = random.nextInt(8) == 0 ? 0 : random.nextInt(4); i >= 0; i--) {
                events.add(event(attempt));
            }
            slabsAreShort = random.nextInt(10) == 0;
            try {
                log.reserve(events);
            } catch (OutOfSlabsException refused) {
                assertThat(cached).isFalse();
                return;
            } finally {
                slabsAreShort = false;
            }
            everReleased |= cached;
            if (random.nextInt(50) == 0) {
                // What was reserved is not always used.
                log.reserve(List.of(events.getFirst()));
                log.reserve(events);
            }
            // The store has them before the log does.
            model.append(events);
            log.append(events);
        }

        private NewEvent event(int attempt) {
            EventType type = TYPES[random.nextInt(TYPES.length)];
            int bytes = random.nextInt(25) == 0 ? random.nextInt(usualBytes * 20) : random.nextInt(usualBytes);
            return new NewEvent(type, Json.ofSize(1 + bytes, random.nextInt()), attempt);
        }

        private void restart() {
            evictedBefore += log.evictedEvents();
            log.close();
            log = new EventLog(model.state(), model.maxDataBytes, budget, this::sizesFrom);
            everReleased = true;
        }

        private int[] sizesFrom(long seq) {
            assertThat(cached && everReleased).isTrue();
            assertThat(seq).isLessThanOrEqualTo(model.lastSeq());
            int count = (int) Math.min(1 + random.nextInt(5), Math.max(1, model.lastSeq() - seq + 1));
            int[] sizes = new int[count];
            for (int i = 0; i < count; i++) {
                sizes[i] = model.event(seq + i).data().length();
            }
            return sizes;
        }

        private void checkCounts() {
            assertThat(log.lastSeq()).isEqualTo(model.lastSeq());
            assertThat(log.heldDataBytes()).isEqualTo(model.heldDataBytes());
            assertThat(log.firstHeldSeq()).isEqualTo(model.firstHeldSeq());
            // An island may lie directly before the range: to readers that is one range.
            boolean adjacent = log.islandSeq() != 0 && log.islandSeq() + 1 == log.rangeFirstSeq();
            assertThat(adjacent ? log.islandSeq() : log.rangeFirstSeq()).isEqualTo(model.rangeFirstSeq());
            assertThat(adjacent ? 0 : log.islandSeq()).isEqualTo(model.islandSeq());
            assertThat(evictedBefore + log.evictedEvents()).isEqualTo(model.evicted);
            if (pinned.isEmpty()) {
                assertThat(budget.usedBytes()).isEqualTo(log.memoryBytes());
            }
        }

        private void checkEveryPosition() {
            for (long position = 0; position <= model.lastSeq() + 1; position++) {
                readOnce(position, 1 + random.nextInt(500));
                readOnce(position, Integer.MAX_VALUE);
                if (position > 0 && position <= model.lastSeq()) {
                    assertThat(log.attemptAt(position))
                            .isEqualTo(model.event(position).attempt());
                }
            }
            assertThat(log.attemptAt(model.lastSeq() + 1)).isEqualTo(model.attempt());
        }

        private void readOnce(long position, int maxBytes) {
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            LogRead read = log.read(position, maxBytes, (slab, offset, length) -> {
                byte[] bytes = new byte[length];
                slab.read(offset, bytes, 0, length);
                got.writeBytes(bytes);
                if (random.nextInt(20) == 0 && slab instanceof CheckedSlabs.CheckedSlab checked) {
                    checked.pin();
                    pinned.add(checked);
                }
            });
            switch (read) {
                case LogRead.CaughtUp caughtUp -> assertThat(position).isGreaterThanOrEqualTo(model.lastSeq());
                case LogRead.Gap gap -> assertThat(model.gapAfter(position)).contains(gap);
                case LogRead.Absent absent -> {
                    assertThat(everReleased).isTrue();
                    assertThat(model.held).contains(position + 1);
                    checkPage(position);
                }
                case LogRead.Slice slice -> checkSlice(position, slice.lastSeq(), maxBytes, got.toByteArray());
            }
        }

        private void checkSlice(long position, long lastSeq, int maxBytes, byte[] got) {
            assertThat(lastSeq).isGreaterThan(position);
            assertThat(got.length <= maxBytes || lastSeq == position + 1).isTrue();
            assertThat(got).isEqualTo(expected(position, lastSeq));
        }

        private byte[] expected(long position, long lastSeq) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (long seq = position + 1; seq <= lastSeq; seq++) {
                assertThat(model.held).contains(seq);
                ModelLog.Event event = model.event(seq);
                expected.writeBytes(Encoded.bytes(EPOCH, seq, event.type(), event.data()));
            }
            return expected.toByteArray();
        }

        private void checkPage(long position) {
            ModelLog.Event event = model.event(position + 1);
            EventPage page = EventPage.encode(
                    EPOCH, position + 1, List.of(new StoredEvent(event.type(), event.data())), budget, () -> {});
            byte[] got = new byte[page.length()];
            page.slab().read(0, got, 0, got.length);
            assertThat(got).isEqualTo(expected(position, page.lastSeq()));
            page.release();
        }
    }
}
