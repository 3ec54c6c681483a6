package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How runs of any store are read. */
interface FollowingContract extends StoreTests {
    @Test
    default void replaysAfterAnyPosition() {
        startExternal("r");
        append("r", Drafts.deltas(0, 20));
        List<SeenEvent> all = eventsOf("r");

        for (int after = 0; after <= all.size(); after++) {
            assertThat(reader("r", after).drain()).isEqualTo(all.subList(after, all.size()));
        }
    }

    @Test
    default void handsOverOneEventHoweverLittleIsWanted() {
        startExternal("r");
        append("r", Drafts.sized(5000), Drafts.sized(100));
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());

        LogReader reader = bench().closing(new LogReader(followed, 0, 1));
        assertThat(reader.drain()).hasSize(3);
    }

    @Test
    default void tellsOfEveryChangeAfterTheRegistration() {
        startExternal("r");
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        AtomicInteger told = new AtomicInteger();
        FollowedRun.Listening listening = followed.onChange(told::incrementAndGet);
        assertThat(told).hasValue(0);

        append("r", Drafts.delta(1));
        int afterOne = told.get();
        assertThat(afterOne).isPositive();
        cancel("r");
        assertThat(told.get()).isGreaterThan(afterOne);

        listening.stop();
        int before = told.get();
        append("r", Drafts.delta(2));
        assertThat(told).hasValue(before);
    }

    @Test
    default void tellsTheOthersWhenOneListenerFails() {
        startExternal("r");
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        AtomicInteger told = new AtomicInteger();
        followed.onChange(() -> {
            IllegalStateException fault = new IllegalStateException("a listener's fault, for the test");
            fault.setStackTrace(new StackTraceElement[0]);
            throw fault;
        });
        followed.onChange(told::incrementAndGet);

        append("r", Drafts.delta(1));
        assertThat(told).hasPositiveValue();
    }

    @Test
    default void callsAnActionRegisteredTwiceForEachRegistration() {
        startExternal("r");
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        AtomicInteger told = new AtomicInteger();
        Runnable action = told::incrementAndGet;
        FollowedRun.Listening first = followed.onChange(action);
        followed.onChange(action);
        first.stop();

        append("r", Drafts.delta(1));
        assertThat(told).hasValue(1);
    }

    @Test
    default void showsTheStateThatAnEventBroughtWhenTheListenerIsTold() {
        startExternal("r");
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        List<String> seen = new ArrayList<>();
        followed.onChange(
                () -> seen.add(followed.record().state() + " " + followed.log().lastSeq()));
        append("r", Drafts.complete("1"));

        assertThat(seen).last().isEqualTo("COMPLETED 2");
    }

    @Test
    default void neverLeavesAWaitingReaderAsleep() {
        for (int round = 0; round < 100; round++) {
            String runId = "r" + round;
            startExternal(runId);
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(
                    () -> {
                        try (LogReader reader = new LogReader(
                                Stages.await(store().follow(runId)).orElseThrow())) {
                            return reader.readToEnd().size();
                        }
                    },
                    task -> Thread.ofPlatform().start(task));
            for (int i = 0; i < 10; i++) {
                append(runId, Drafts.delta(i));
            }
            append(runId, Drafts.complete("1"));
            assertThat(Stages.await(read)).isEqualTo(12);
        }
    }

    @Test
    default void givesReadersThatComeAndGoTheSameBytesForEachId() {
        Random random = new Random(42);
        int events = 3000;
        startExternal("r");
        Map<EventId, SeenEvent> bytesById = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = random.nextLong();
            readers.add(CompletableFuture.runAsync(
                    () -> comeAndGo(new Random(seed), events + 2, bytesById),
                    task -> Thread.ofPlatform().start(task)));
        }
        for (int i = 0; i < events; ) {
            int count = Math.min(events - i, 1 + random.nextInt(20));
            append("r", Drafts.deltas(i, count));
            i += count;
        }
        append("r", Drafts.complete("'end'"));
        readers.forEach(Stages::await);

        assertThat(bytesById).hasSize(events + 2);
    }

    /** Reads on from where it was or from somewhere before, until the end was seen from the very beginning. */
    private void comeAndGo(Random random, int last, Map<EventId, SeenEvent> bytesById) {
        long position = 0;
        while (true) {
            FollowedRun followed = Stages.await(store().follow("r")).orElseThrow();
            try (LogReader reader = new LogReader(followed, position, 1 + random.nextInt(4000))) {
                long target = Math.min(last, position + 1 + random.nextInt(600));
                reader.readUntilSeq(target);
                for (SeenEvent event : reader.events()) {
                    SeenEvent before = bytesById.putIfAbsent(event.id(), event);
                    assertThat(before == null || before.equals(event)).isTrue();
                }
                assertThat(reader.gaps()).isEmpty();
                if (reader.position() == last) {
                    return;
                }
                position = Math.max(0, reader.position() - random.nextInt(50));
            }
        }
    }

    @Test
    default void keepsTheLatestPartialWhenTheOldestEventsGo() {
        startExternal("r");
        append("r", Drafts.delta(1), Drafts.partial("'kept'"));
        fillBuffer("r");

        LogReader reader = reader("r");
        List<SeenEvent> seen = reader.drain();
        assertThat(seen.getFirst().data()).isEqualTo("\"kept\"");
        assertThat(seen.getFirst().seq()).isEqualTo(3);
        assertThat(reader.gaps()).hasSize(2).first().isEqualTo(new LogRead.Gap(1, 2));
        assertThat(reader.gaps().getLast().fromSeq()).isEqualTo(4);
        assertThat(reader.gaps().getLast().toSeq()).isEqualTo(seen.get(1).seq() - 1);
        Run run = find("r").orElseThrow();
        assertThat(run.firstSeq()).isEqualTo(3);
        assertThat(run.bufferedBytes()).isLessThanOrEqualTo(StoreBench.SETTINGS.runBufferBytes());
        assertThat(run.record().bytes()).isGreaterThan(StoreBench.SETTINGS.runBufferBytes());
        assertThat(store().gauges().evictedEvents()).isPositive();
    }

    /** More than fits, of events that differ. */
    private void fillBuffer(String runId) {
        for (long sent = 0; sent <= StoreBench.SETTINGS.runBufferBytes(); sent += 10_000) {
            append(runId, Drafts.sized(10_000));
        }
    }

    @Test
    default void keepsTheEndWhenTheOldestEventsGo() {
        startExternal("r");
        fillBuffer("r");
        append("r", Drafts.complete("'end'"));

        assertThat(eventsOf("r").getLast().type()).isEqualTo(EventType.COMPLETE);
        assertThat(Stages.await(store().findEnd("r")).orElseThrow()).hasToString("\"end\"");
    }

    @Test
    default void readsARunThatHasEnded() {
        startExternal("r");
        append("r", Drafts.deltas(0, 5));
        append("r", Drafts.complete("'end'"));
        List<SeenEvent> first = eventsOf("r");
        List<SeenEvent> second = eventsOf("r");

        assertThat(first).hasSize(7).isEqualTo(second);
        assertThat(reader("r", 7).drain()).isEmpty();
        assertThat(find("r").orElseThrow().firstSeq()).isEqualTo(1);
    }

    @Test
    default void letsManyHoldAnEndedRunAtOnce() {
        startExternal("r");
        append("r", Drafts.complete("'end'"));
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            readers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int turn = 0; turn < 200; turn++) {
                            assertThat(eventsOf("r")).hasSize(2);
                        }
                    },
                    task -> Thread.ofPlatform().start(task)));
        }
        readers.forEach(Stages::await);
    }

    @Test
    default void countsReaders() {
        startExternal("r");
        FollowedRun one = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        FollowedRun two = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        one.readerCame();
        two.readerCame();
        assertThat(find("r").orElseThrow().readers()).isEqualTo(2);

        one.readerLeft();
        one.close();
        assertThat(find("r").orElseThrow().readers()).isEqualTo(1);
        two.readerLeft();
        assertThat(find("r").orElseThrow().readers()).isZero();
    }

    @Test
    default void tellsTheAttemptThatEachEventBelongsTo() {
        start(ofAgent("r").attempts(2));
        begin("r");
        append("r", Drafts.delta(1));
        Stages.await(store().loseWorker("r", 1, "gone"));
        begin("r");
        append("r", Drafts.delta(2));
        FollowedRun followed = bench().closing(Stages.await(store().follow("r")).orElseThrow());

        Map<Long, Integer> attempts = new HashMap<>();
        for (long seq = 1; seq <= followed.log().lastSeq(); seq++) {
            attempts.put(seq, followed.log().attemptAt(seq));
        }
        assertThat(attempts).isEqualTo(Map.of(1L, 1, 2L, 1, 3L, 1, 4L, 1, 5L, 2, 6L, 2));
    }
}
