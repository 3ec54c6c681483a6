package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AskedRun;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RestartTest {
    @TempDir
    Path temp;

    private StoreInFolder it;
    private int copies;

    @BeforeEach
    void open() {
        it = new StoreInFolder(temp.resolve("store")).open();
    }

    @AfterEach
    void close() {
        it.close();
    }

    private StoreInFolder copy() {
        return it.openCopy(temp.resolve("copy-" + copies++));
    }

    @Test
    void bringsEveryRunBackAsItWas() {
        it.start(it.external("ended").key("k").input(Json.json("{'a':[1,2]}")));
        it.append("ended", Drafts.numbered("p", 3, 0, Drafts.delta(1), Drafts.complete("'result'")));
        it.start(AskedRun.ofAgent("waiting", "counting", it.clock.millis()).attempts(3));
        it.clock.jump(Duration.ofMillis(1));
        it.start(AskedRun.ofAgent("tried", "counting", it.clock.millis()).attempts(3));
        Stages.await(it.store().beginAttempt("tried"));
        it.append("tried", Drafts.partial("'first'"));
        Stages.await(it.store().loseWorker("tried", 1, "gone"));
        Stages.await(it.store().beginAttempt("tried"));
        it.append("tried", Drafts.delta(2));
        it.start(it.external("stopping").timeout(Duration.ofMinutes(3)));
        Stages.await(it.store().requestCancel("stopping"));

        List<String> runIds = List.of("ended", "waiting", "tried", "stopping");
        List<Run> runs = runIds.stream().map(id -> it.find(id).orElseThrow()).toList();
        List<List<SeenEvent>> events = runIds.stream().map(it::events).toList();
        it.restart();

        assertThat(runIds.stream().map(id -> it.find(id).orElseThrow()).toList())
                .isEqualTo(runs);
        assertThat(runIds.stream().map(it::events).toList()).isEqualTo(events);
        assertThat(Stages.await(it.store().findInput("ended"))).contains(Json.json("{'a':[1,2]}"));
        assertThat(Stages.await(it.store().findEnd("ended"))).contains(Json.json("'result'"));
        assertThat(Stages.await(it.store().unfinished()))
                .extracting(RunRecord::runId)
                .containsExactly("waiting", "tried");
        EventLog tried = Stages.await(it.store().follow("tried")).orElseThrow().log();
        assertThat(List.of(tried.attemptAt(4), tried.attemptAt(5))).containsExactly(1, 2);
    }

    @Test
    void keepsNamesKeysAndProducersNumbersTaken() {
        it.start(it.external("r").key("k"));
        it.append("r", Drafts.numbered("p", 0, 0, Drafts.delta(0)));
        it.restart();

        assertThat(Stages.await(it.store().create(it.external("other").key("k").build())))
                .isInstanceOf(CreateResult.Existing.class);
        assertThat(it.append("r", Drafts.numbered("p", 0, 0, Drafts.delta(0)))
                        .lastEventId()
                        .seq())
                .isEqualTo(2);
        assertThat(Stages.await(it.store().append("r", Drafts.numbered("p", 0, 2, Drafts.delta(2)))))
                .isInstanceOf(AppendResult.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"2000, 200", "1000000, 200", "100000, 8000"})
    void losesNothingAtWhateverPointTheProcessIsKilled(long runBufferBytes, int mostEventBytes) {
        it.settings =
                TestSettings.with(it.settings).runBufferBytes(runBufferBytes).build();
        it.restart();
        Random random = new Random(42);
        it.startExternal("r");
        int numbered = 0;
        for (int step = 0; step < 90; step++) {
            EventDraft[] drafts = randomEvents(random, mostEventBytes);
            if (random.nextInt(5) == 0) {
                it.append("r", Drafts.numbered("p", 0, numbered, drafts));
                numbered += drafts.length;
            } else {
                it.append("r", drafts);
            }
            try (LogReader reader = it.reader("r")) {
                Run run = it.find("r").orElseThrow();
                List<SeenEvent> seen = List.copyOf(reader.drain());
                try (StoreInFolder copy = copy().open()) {
                    assertThat(copy.events("r")).isEqualTo(seen);
                    assertThat(copy.find("r").orElseThrow()).isEqualTo(run);
                    copy.append("r", Drafts.delta(step));
                    assertThat(copy.events("r").getLast().seq())
                            .isEqualTo(run.record().lastSeq() + 1);
                }
            }
        }
    }

    private static EventDraft[] randomEvents(Random random, int mostBytes) {
        List<EventDraft> drafts = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            drafts.add(
                    random.nextInt(6) == 0
                            ? Drafts.partial("'" + "p".repeat(random.nextInt(3 * mostBytes / 2)) + "'")
                            : Drafts.sized(2 + random.nextInt(mostBytes)));
        }
        return drafts.toArray(EventDraft[]::new);
    }

    @Test
    void goesOnInAFileThatWasMendedAndLacksAnEvent() {
        it.startExternal("r");
        for (int i = 0; i < 5; i++) {
            it.append("r", Drafts.delta(i));
        }
        it.close();
        StoreInFolder.sql(it.file(), "DELETE FROM event WHERE seq = 4");
        it.open();
        assertThat(it.append("r", Drafts.delta(5)).lastEventId().seq()).isEqualTo(7);
    }

    /** Rows of evicted events go in the very commits that bring others. */
    @Test
    void knowsWhatItHoldsWhereverTheProcessIsKilledWhileItEvicts() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(100_000).build();
        it.restart();
        it.startExternal("r");
        for (int round = 0; round < 20; round++) {
            List<CompletionStage<AppendResult>> appends = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                appends.add(it.appending("r", Drafts.sized(1_000 + 10 * i)));
            }
            Stages.await(appends.get(40));
            try (StoreInFolder copy = copy().open()) {
                long held = copy.events("r").stream()
                        .mapToLong(event -> event.data().length())
                        .sum();
                assertThat(copy.find("r").orElseThrow().bufferedBytes()).isEqualTo(held);
            }
            appends.forEach(Stages::await);
        }
    }

    @Test
    void holdsThePinnedPartialAndTheEndOfTheLogAcrossRestarts() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(3_000).build();
        it.restart();
        it.startExternal("r");
        it.append("r", Drafts.delta(1), Drafts.partial("'so far'"));
        it.restart();
        for (int i = 0; i < 100; i++) {
            it.append("r", Drafts.sized(100));
        }
        for (int round = 0; round < 3; round++) {
            it.restart();
            try (LogReader reader = it.reader("r")) {
                List<SeenEvent> events = reader.drain();
                assertThat(events.getFirst().data()).isEqualTo("\"so far\"");
                assertThat(events.getLast().seq())
                        .isEqualTo(it.find("r").orElseThrow().record().lastSeq());
                assertThat(reader.gaps().getFirst()).isEqualTo(new LogRead.Gap(1, 2));
                assertThat(reader.gaps().get(1).fromSeq()).isEqualTo(4);
            }
            assertThat(it.find("r").orElseThrow().bufferedBytes()).isLessThanOrEqualTo(3_000);
            it.append("r", Drafts.sized(100));
        }
        it.append("r", Drafts.complete("1"));
        it.restart();
        List<SeenEvent> end = it.events("r");
        assertThat(end.getFirst().data()).isEqualTo("\"so far\"");
        assertThat(end.getLast().type().isTerminal()).isTrue();
    }

    @Test
    void deletesTheRowsOfEvictedEvents() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(100_000).build();
        it.restart();
        it.startExternal("r");
        it.append("r", Drafts.partial("'so far'"));
        for (int i = 0; i < 200; i++) {
            it.append("r", Drafts.sized(5_000), Drafts.sized(5_000));
        }
        it.append("r", Drafts.complete("1"));
        Stages.eventually("the rows are gone", () -> it.ask("SELECT sum(length(data)) FROM event") <= 100_000);
        assertThat(it.events("r").getFirst().data()).isEqualTo("\"so far\"");
        it.restart();
        assertThat(it.events("r").getFirst().data()).isEqualTo("\"so far\"");
    }

    @Test
    void readsAsOnceWroteFromTheFileWhenMemoryIsShort() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(16L << 20).build();
        it.restart();
        it.startExternal("r");
        for (int i = 0; i < 100; i++) {
            EventDraft[] drafts = new EventDraft[512];
            for (int k = 0; k < drafts.length; k++) {
                drafts[k] = Drafts.sized(200 + (i * 31 + k) % 20);
            }
            it.append("r", drafts);
        }
        it.append("r", Drafts.complete("1"));
        it.budgetBytes = 1L << 20;
        it.restart();
        long before = System.nanoTime();
        try (LogReader reader =
                new LogReader(Stages.await(it.store().follow("r")).orElseThrow(), 0, 256 * 1024)) {
            List<SeenEvent> events = reader.drain();
            assertThat(events).hasSize(51_202);
            assertThat(reader.gaps()).isEmpty();
            assertThat(events.stream().mapToLong(event -> event.data().length()).sum())
                    .isGreaterThan(10_000_000);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void endsADeadlineThatCameWhileItWasAway() {
        it.start(AskedRun.ofAgent("r", "counting", it.clock.millis()).timeout(Duration.ofMinutes(5)));
        Stages.await(it.store().beginAttempt("r"));
        it.close();
        it.clock.jump(Duration.ofMinutes(6));
        it.open();
        it.timers.runDue();
        Stages.eventually("stopped", () -> it.find("r").orElseThrow().record().state() == RunState.CANCELLING);
    }

    @Test
    void leavesOneFileAfterACleanStop() throws Exception {
        it.startExternal("r");
        it.close();
        try (var files = Files.list(it.folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(StoreFile.FILE_NAME, FolderLock.FILE_NAME);
        }
        it.open();
    }

    @Test
    void sweepsWhatADeletedRunLeftBehindAfterARestart() {
        it.settings = TestSettings.with(it.settings)
                .retainEnded(Duration.ofMinutes(1))
                .build();
        it.restart();
        it.startExternal("r");
        it.append("r", Drafts.deltas(0, 5_000));
        it.append("r", Drafts.complete("1"));
        it.timers.advance(Duration.ofMinutes(2));
        Stages.eventually("deleted", () -> it.find("r").isEmpty());
        it.restart();
        Stages.eventually("swept", () -> it.ask("SELECT count(*) FROM event") == 0);
        Stages.eventually("and forgotten", () -> it.ask("SELECT count(*) FROM garbage") == 0);
    }
}
