package dev.runstream.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EventLogTest {
    private static final long EPOCH = 1_763_841_600_000L;
    private static final int SLAB_BYTES = 64 * 1024;

    private final CheckedSlabs slabs = new CheckedSlabs();
    private final MemoryBudget budget = new MemoryBudget(slabs, Long.MAX_VALUE);
    private final List<EventLog> logs = new ArrayList<>();

    private EventLog log(long maxDataBytes) {
        EventLog log = new EventLog(EPOCH, maxDataBytes, budget);
        logs.add(log);
        return log;
    }

    @AfterEach
    void givesAllMemoryBack() {
        logs.forEach(EventLog::close);
        budget.sweep();
        assertThat(budget.usedBytes()).isZero();
        slabs.verifyAllReturned();
    }

    private static void deltas(EventLog log, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            log.append(List.of(new NewEvent(EventType.DELTA, Json.ofSize(bytes, log.lastSeq()), 1)));
        }
    }

    private static LogRead readNothing(EventLog log, long afterSeq) {
        return log.read(afterSeq, 1000, (slab, offset, length) -> {
            throw new AssertionError("bytes after " + afterSeq);
        });
    }

    @Test
    void encodesEveryTypeByteForByte() {
        EventLog log = log(1_000_000);
        StringBuilder expected = new StringBuilder();
        for (EventType type : EventType.values()) {
            log.append(List.of(new NewEvent(type, Json.json("{'text':'h\u00e9llo \u4e16\ud83d\ude00'}"), 1)));
        }
        expected.append("id: 1763841600000-1\nevent: status\ndata: {\"text\":\"héllo 世😀\"}\n\n");
        expected.append("id: 1763841600000-2\nevent: delta\ndata: {\"text\":\"héllo 世😀\"}\n\n");
        expected.append("id: 1763841600000-3\nevent: partial\ndata: {\"text\":\"héllo 世😀\"}\n\n");
        expected.append("id: 1763841600000-4\nevent: complete\ndata: {\"text\":\"héllo 世😀\"}\n\n");
        expected.append("id: 1763841600000-5\nevent: error\ndata: {\"text\":\"héllo 世😀\"}\n\n");

        StringBuilder got = new StringBuilder();
        for (long position = 0; position < 5; position++) {
            got.append(Encoded.read(log, position, 1));
        }
        assertThat(got).hasToString(expected.toString());
    }

    @Test
    void writesIdsOfEveryLength() {
        for (long epoch : new long[] {1, 9, 10, 99, 100, 1_000_000_007, Long.MAX_VALUE}) {
            for (long last : new long[] {8, 9, 10, 98, 99, 100, 999_999, Long.MAX_VALUE - 2}) {
                LogState state = new LogState(epoch, last + 1, last, 0, 0, 0, 0, new long[] {1});
                EventLog log = new EventLog(state, 1000, budget, ColdEvents.NONE);
                logs.add(log);
                log.append(List.of(new NewEvent(EventType.DELTA, Json.json("1"), 1)));
                assertThat(Encoded.read(log, last, 1))
                        .isEqualTo("id: " + epoch + "-" + (last + 1) + "\nevent: delta\ndata: 1\n\n");
            }
        }
    }

    @Test
    void copiesARangeOfTheCallersArray() {
        EventLog log = log(1000);
        byte[] array = "xx[1]yy".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        log.append(List.of(new NewEvent(EventType.DELTA, JsonBytes.trusted(array, 2, 5), 1)));
        java.util.Arrays.fill(array, (byte) '0');

        assertThat(Encoded.read(log, 0, 1)).endsWith("data: [1]\n\n");
    }

    @Test
    void givesBackTheDataOfAnEncodedEvent() {
        String tricky = "{\"a\":\"\\ndata: x\",\"b\":[1]}";
        byte[] event = Encoded.bytes(EPOCH, 7, EventType.COMPLETE, Json.json(tricky));

        assertThat(EventLog.dataOf(event)).hasToString(tricky);
    }

    @Test
    void findsEveryPositionOverManySlabs() {
        EventLog log = log(100_000_000);
        for (int i = 0; i < 3000; i++) {
            log.append(List.of(new NewEvent(EventType.DELTA, Json.ofSize(2 + i % 300, i), 1)));
        }
        assertThat(slabs.liveSlabs()).isGreaterThan(8);
        for (int seq = 1; seq <= 3000; seq++) {
            assertThat(Encoded.read(log, seq - 1, 1))
                    .isEqualTo(Encoded.text(EPOCH, seq, EventType.DELTA, Json.ofSize(2 + (seq - 1) % 300, seq - 1)));
        }
        assertThat(readNothing(log, 3000)).isInstanceOf(LogRead.CaughtUp.class);
        assertThat(readNothing(log, 4000)).isInstanceOf(LogRead.CaughtUp.class);
    }

    @Test
    void handsOverAsMuchAsIsWantedAndNeverPartOfAnEvent() {
        EventLog log = log(1_000_000);
        log.append(List.of(new NewEvent(EventType.DELTA, Json.ofSize(2000, 0), 1)));
        deltas(log, 20, 10);
        int[] ends = new int[21];
        for (int i = 1; i <= 20; i++) {
            ends[i] = ends[i - 1] + Encoded.read(log, i, 1).length();
        }
        for (int maxBytes = 1; maxBytes <= ends[20] + 10; maxBytes++) {
            int fitting = 1;
            while (fitting < 20 && ends[fitting + 1] <= maxBytes) {
                fitting++;
            }
            assertThat(Encoded.read(log, 1, maxBytes)).hasSize(ends[fitting]);
        }
    }

    @Test
    void costsLittleForAShortRunAndGrowsItsSlabs() {
        EventLog log = log(100_000_000);
        deltas(log, 3, 20);
        assertThat(log.memoryBytes()).isLessThan(1024);

        deltas(log, 10_000, 100);
        double encoded = 10_000 * 150.0;
        assertThat(log.memoryBytes() / encoded).isBetween(1.0, 1.2);
        assertThat(slabs.liveSlabs()).isLessThan(40);
    }

    @Test
    void wastesLittleWhereLargeAndSmallEventsAlternate() {
        for (int large : new int[] {17_000, 40_000, 70_000, 200_000}) {
            EventLog log = log(100_000_000);
            for (int i = 0; i < 100; i++) {
                deltas(log, 1, large);
                deltas(log, 1, 20);
            }
            assertThat(log.memoryBytes()).isLessThan(log.heldDataBytes() * 11 / 10);
        }
    }

    @Test
    void holdsAnEventLargerThanAnySlab() {
        EventLog log = log(10_000_000);
        deltas(log, 2, 50);
        log.append(List.of(new NewEvent(EventType.DELTA, Json.ofSize(3 * SLAB_BYTES, 1), 1)));
        deltas(log, 2, 50);

        assertThat(Encoded.read(log, 2, 1))
                .isEqualTo(Encoded.text(EPOCH, 3, EventType.DELTA, Json.ofSize(3 * SLAB_BYTES, 1)));
        assertThat(Encoded.read(log, 3, 1)).startsWith("id: 1763841600000-4\n");
    }

    @Test
    void evictsAtTheExactLimit() {
        EventLog log = log(100);
        deltas(log, 10, 10);
        assertThat(log.firstHeldSeq()).isEqualTo(1);
        assertThat(log.heldDataBytes()).isEqualTo(100);

        deltas(log, 1, 1);
        assertThat(log.firstHeldSeq()).isEqualTo(2);
        assertThat(log.heldDataBytes()).isEqualTo(91);
        deltas(log, 1, 9);
        assertThat(log.firstHeldSeq()).isEqualTo(2);
        deltas(log, 1, 2);
        assertThat(log.firstHeldSeq()).isEqualTo(3);
        assertThat(log.evictedEvents()).isEqualTo(2);
        assertThat(readNothing(log, 0)).isEqualTo(new LogRead.Gap(1, 2));
        assertThat(readNothing(log, 1)).isEqualTo(new LogRead.Gap(2, 2));
    }

    @Test
    void neverEvictsTheLastEvent() {
        EventLog log = log(10);
        deltas(log, 3, 50);

        assertThat(log.firstHeldSeq()).isEqualTo(3);
        assertThat(Encoded.read(log, 2, 1)).contains("-3\n");
        log.evictAllButLast();
        assertThat(Encoded.read(log, 2, 1)).contains("-3\n");
    }

    @Test
    void keepsTheLatestPartialAsAnIslandWithTheSameBytes() {
        EventLog log = log(100);
        deltas(log, 2, 10);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("{'so far':7}"), 1)));
        String before = Encoded.read(log, 2, 1);
        deltas(log, 30, 10);

        assertThat(log.islandSeq()).isEqualTo(3);
        assertThat(Encoded.read(log, 2, 1)).isEqualTo(before);
        assertThat(log.rangeFirstSeq()).isEqualTo(26);
        assertThat(readNothing(log, 0)).isEqualTo(new LogRead.Gap(1, 2));
        assertThat(readNothing(log, 1)).isEqualTo(new LogRead.Gap(2, 2));
        assertThat(readNothing(log, 3)).isEqualTo(new LogRead.Gap(4, 25));
        assertThat(readNothing(log, 10)).isEqualTo(new LogRead.Gap(11, 25));
        assertThat(Encoded.read(log, 25, 1)).contains("-26\n");
    }

    @Test
    void handsOverTheIslandAlone() {
        EventLog log = log(100);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("1"), 1)));
        deltas(log, 30, 10);

        assertThat(Encoded.read(log, 0, Integer.MAX_VALUE))
                .isEqualTo(Encoded.text(EPOCH, 1, EventType.PARTIAL, Json.json("1")));
    }

    @Test
    void letsAnIslandGoWhenALaterPartialTakesItsPlace() {
        EventLog log = log(100);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("1"), 1)));
        deltas(log, 30, 10);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("22"), 1)));
        deltas(log, 1, 10);

        assertThat(log.islandSeq()).isZero();
        deltas(log, 30, 10);
        assertThat(log.islandSeq()).isEqualTo(32);
    }

    @Test
    void letsAPartialGoWhenAnotherAttemptBegins() {
        EventLog log = log(100);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("1"), 1)));
        deltas(log, 30, 10);
        log.append(List.of(new NewEvent(EventType.STATUS, Json.json("{}"), 2)));
        deltas(log, 1, 10);

        assertThat(log.islandSeq()).isZero();
        assertThat(log.firstHeldSeq()).isGreaterThan(20);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.json("2"), 2)));
        for (int i = 0; i < 30; i++) {
            log.append(List.of(new NewEvent(EventType.DELTA, Json.ofSize(10, i), 2)));
        }
        assertThat(log.islandSeq()).isEqualTo(34);
    }

    @Test
    void keepsAPartialLargerThanASlabAndThanTheLimit() {
        EventLog log = log(1000);
        JsonBytes large = Json.ofSize(2 * SLAB_BYTES, 5);
        log.append(List.of(new NewEvent(EventType.PARTIAL, large, 1)));
        deltas(log, 5, 100);

        assertThat(Encoded.read(log, 0, 1)).isEqualTo(Encoded.text(EPOCH, 1, EventType.PARTIAL, large));
        assertThat(readNothing(log, 1)).isEqualTo(new LogRead.Gap(2, 5));
        assertThat(log.heldDataBytes()).isEqualTo(2 * SLAB_BYTES + 100);
    }

    @Test
    void keepsAPartialThatIsTheLastEvent() {
        EventLog log = log(50);
        deltas(log, 10, 10);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.ofSize(200, 1), 1)));

        assertThat(log.firstHeldSeq()).isEqualTo(11);
        assertThat(readNothing(log, 0)).isEqualTo(new LogRead.Gap(1, 10));
    }

    @Test
    void shrinksToItsEnd() {
        EventLog log = log(10_000_000);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.ofSize(500, 1), 1)));
        deltas(log, 5000, 100);
        log.append(List.of(new NewEvent(EventType.COMPLETE, Json.json("'end'"), 1)));
        log.evictAllButLast();

        assertThat(log.heldDataBytes()).isEqualTo(5);
        assertThat(log.memoryBytes()).isLessThan(512);
        assertThat(budget.usedBytes()).isEqualTo(log.memoryBytes());
        assertThat(Encoded.read(log, 5001, 1))
                .isEqualTo(Encoded.text(EPOCH, 5002, EventType.COMPLETE, Json.json("'end'")));
        assertThat(readNothing(log, 0)).isEqualTo(new LogRead.Gap(1, 5001));
        log.evictAllButLast();
        assertThat(log.evictedEvents()).isEqualTo(5001);
    }

    @Test
    void tellsTheAttemptOfEverySeq() {
        EventLog log = log(1000);
        int[] attempts = {1, 1, 2, 2, 2, 4, 5};
        for (int attempt : attempts) {
            log.append(List.of(new NewEvent(EventType.DELTA, Json.json("1"), attempt)));
        }
        for (int i = 0; i < attempts.length; i++) {
            assertThat(log.attemptAt(i + 1)).isEqualTo(attempts[i]);
        }
        assertThat(log.attemptAt(8)).isEqualTo(5);
        assertThat(log.attemptAt(0)).isEqualTo(1);
    }

    @Test
    void tellsAReaderOfAnEmptyLogThatItIsCaughtUp() {
        EventLog log = log(100);
        assertThat(readNothing(log, 0)).isInstanceOf(LogRead.CaughtUp.class);
        assertThat(log.firstHeldSeq()).isEqualTo(1);
        assertThat(log.lastSeq()).isZero();
        log.evictUntil(0);
        log.evictAllButLast();
        assertThat(log.memoryBytes()).isZero();
    }

    @Test
    void releasesTheOldestSegmentsOfACacheAndSaysWhatIsAbsent() {
        EventLog log = log(10_000_000);
        deltas(log, 3000, 100);
        long before = log.memoryBytes();
        long released = log.releaseResident(SLAB_BYTES, false);

        assertThat(released).isGreaterThanOrEqualTo(SLAB_BYTES);
        assertThat(log.memoryBytes()).isEqualTo(before - released);
        assertThat(budget.usedBytes()).isEqualTo(log.memoryBytes());
        assertThat(readNothing(log, 0)).isInstanceOf(LogRead.Absent.class);
        assertThat(Encoded.read(log, 2999, 1)).contains("-3000\n");
        assertThat(log.firstHeldSeq()).isEqualTo(1);

        log.releaseResident(Long.MAX_VALUE, false);
        assertThat(log.memoryBytes()).isZero();
        assertThat(readNothing(log, 2999)).isInstanceOf(LogRead.Absent.class);
        assertThat(readNothing(log, 3000)).isInstanceOf(LogRead.CaughtUp.class);
        deltas(log, 1, 10);
        assertThat(Encoded.read(log, 3000, 1)).contains("-3001\n");
        assertThat(log.memoryBytes()).isLessThan(1024);
    }

    @Test
    void stillShowsAnEventWhenTheStoreCannotTellWhatToEvict() {
        LogState state = new LogState(EPOCH, 1, 5, 50, 0, 0, 0, new long[] {1});
        boolean[] away = {true};
        EventLog log = new EventLog(state, 50, budget, seq -> {
            if (away[0]) {
                IllegalStateException fault = new IllegalStateException("away, for the test");
                fault.setStackTrace(new StackTraceElement[0]);
                throw fault;
            }
            return new int[] {10, 10};
        });
        logs.add(log);
        deltas(log, 1, 10);
        assertThat(log.lastSeq()).isEqualTo(6);
        assertThat(Encoded.read(log, 5, 1)).contains("-6\n");
        assertThat(log.heldDataBytes()).isEqualTo(60);

        away[0] = false;
        deltas(log, 1, 10);
        assertThat(log.heldDataBytes()).isEqualTo(50);
        assertThat(log.firstHeldSeq()).isEqualTo(3);
    }

    @Test
    void leavesNoTraceOfAnEventForWhichThereWasNoMemory() {
        boolean[] empty = {false};
        EventLog log = logWithSlabsUntil(empty, ColdEvents.NONE);
        log.append(List.of(new NewEvent(EventType.PARTIAL, Json.ofSize(300, 1), 1)));
        empty[0] = true;
        JsonBytes large = Json.ofSize(600, 1);
        assertThatThrownBy(() -> log.append(List.of(new NewEvent(EventType.PARTIAL, large, 3))))
                .isInstanceOf(OutOfSlabsException.class);

        assertThat(log.lastSeq()).isEqualTo(1);
        assertThat(log.attemptAt(2)).isEqualTo(1);
        empty[0] = false;
        log.append(List.of(new NewEvent(EventType.DELTA, large, 1)));
        log.append(List.of(new NewEvent(EventType.DELTA, large, 1)));
        log.evictUntil(600);
        assertThat(log.islandSeq()).isEqualTo(1);
    }

    @Test
    void showsEventsThatWereAppendedTogetherAllAtOnce() {
        EventLog log = log(1_000_000);
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            events.add(new NewEvent(EventType.DELTA, Json.ofSize(300, i), 1));
        }
        log.append(events);

        assertThat(log.lastSeq()).isEqualTo(500);
        for (int seq = 1; seq <= 500; seq++) {
            assertThat(Encoded.read(log, seq - 1, 1))
                    .isEqualTo(Encoded.text(EPOCH, seq, EventType.DELTA, Json.ofSize(300, seq - 1)));
        }
    }

    @Test
    void needsNoMemoryForWhatItWasReservedFor() {
        boolean[] empty = {false};
        EventLog log = logWithSlabsUntil(empty, ColdEvents.NONE);
        List<NewEvent> events = List.of(
                new NewEvent(EventType.DELTA, Json.ofSize(400, 1), 1),
                new NewEvent(EventType.DELTA, Json.ofSize(30_000, 2), 1),
                new NewEvent(EventType.DELTA, Json.ofSize(400, 3), 1));
        log.reserve(events);
        empty[0] = true;
        log.append(events);
        assertThat(Encoded.read(log, 2, 1)).isEqualTo(Encoded.text(EPOCH, 3, EventType.DELTA, Json.ofSize(400, 3)));
    }

    @Test
    void letsEventsPassMemoryByWhereAStoreHasThemAndThereIsNone() {
        boolean[] empty = {false};
        EventLog log = logWithSlabsUntil(empty, seq -> new int[] {600});
        deltas(log, 3, 600);
        empty[0] = true;
        deltas(log, 5, 600);
        assertThat(log.lastSeq()).isEqualTo(8);
        assertThat(log.heldDataBytes()).isEqualTo(8 * 600);
        assertThat(log.memoryBytes()).isZero();
        for (long position = 0; position < 8; position++) {
            assertThat(readNothing(log, position)).isInstanceOf(LogRead.Absent.class);
        }

        empty[0] = false;
        deltas(log, 1, 600);
        assertThat(readNothing(log, 7)).isInstanceOf(LogRead.Absent.class);
        assertThat(Encoded.read(log, 8, 1)).contains("-9\n");
    }

    private EventLog logWithSlabsUntil(boolean[] empty, ColdEvents cold) {
        MemoryBudget until = new MemoryBudget(
                capacity -> {
                    if (empty[0]) {
                        throw new OutOfSlabsException("no memory, for the test");
                    }
                    return slabs.allocate(capacity);
                },
                Long.MAX_VALUE);
        EventLog log = new EventLog(LogState.empty(EPOCH), 1_000_000, until, cold);
        logs.add(log);
        return log;
    }

    @Test
    void keepsPinnedSlabsInTheBudgetUntilTheyAreSwept() {
        EventLog log = log(1000);
        deltas(log, 1, 100);
        List<CheckedSlabs.CheckedSlab> pinned = new ArrayList<>();
        log.read(0, 1, (slab, offset, length) -> {
            CheckedSlabs.CheckedSlab checked = (CheckedSlabs.CheckedSlab) slab;
            checked.pin();
            pinned.add(checked);
        });
        deltas(log, 200, 100);
        long held = log.memoryBytes();
        assertThat(budget.usedBytes()).isEqualTo(held + pinned.getFirst().capacity());
        budget.sweep();
        assertThat(budget.usedBytes()).isEqualTo(held + pinned.getFirst().capacity());

        byte[] stillThere = new byte[19];
        pinned.getFirst().read(0, stillThere, 0, 19);
        assertThat(stillThere).isEqualTo("id: 1763841600000-1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        pinned.getFirst().unpin();
        budget.sweep();
        assertThat(budget.usedBytes()).isEqualTo(held);
    }
}
