package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupCommitTest {
    private static final String REFUSE_EVENTS =
            "CREATE TRIGGER refuse BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'for the test'); END";

    private static final String REFUSE_PROBES =
            "CREATE TRIGGER refuse_probes BEFORE UPDATE ON session" + " BEGIN SELECT RAISE(ABORT, 'for the test'); END";

    @TempDir
    Path folder;

    private StoreInFolder it;
    private final CountDownLatch go = new CountDownLatch(1);

    @BeforeEach
    void open() {
        it = new StoreInFolder(folder).open();
    }

    @AfterEach
    void close() {
        go.countDown();
        it.close();
    }

    @Test
    void tellsCallersInTheOrderInWhichTheyCame() {
        it.startExternal("a");
        it.startExternal("b");
        it.hold(go);
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        List<CompletionStage<?>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            calls.add(it.appending(i % 3 == 0 ? "a" : "b", Drafts.delta(i)).thenAccept(done -> told.add(number)));
        }
        assertThat(told).isEmpty();
        go.countDown();
        calls.forEach(Stages::await);

        assertThat(told).hasSize(100).isSorted();
        assertThat(it.events("a")).extracting(SeenEvent::data).element(1).isEqualTo("0");
        assertThat(it.ask("SELECT count(*) FROM event")).isEqualTo(102);
        assertThat(it.ask("SELECT count(*) FROM event a JOIN event b USING (run) WHERE a.id < b.id AND a.seq > b.seq"))
                .as("rows out of order")
                .isZero();
    }

    @Test
    void storesEachEventBeforeAnybodySeesIt() {
        it.startExternal("r");
        FollowedRun followed = Stages.await(it.store().follow("r")).orElseThrow();
        List<Long> rowsBehindTheLog = Collections.synchronizedList(new ArrayList<>());
        FollowedRun.Listening listening = followed.onChange(
                () -> rowsBehindTheLog.add(followed.log().lastSeq() - it.ask("SELECT max(seq) FROM event")));
        for (int i = 0; i < 20; i++) {
            it.append("r", Drafts.delta(i));
        }
        listening.stop();
        followed.close();
        assertThat(rowsBehindTheLog).hasSize(20).containsOnly(0L);
    }

    @Test
    void decidesEachStepOnWhatTheStepsBeforeItInTheBatchDecided() {
        it.startExternal("r");
        it.hold(go);
        CompletionStage<Optional<RunState>> cancel = it.store().requestCancel("r");
        CompletionStage<AppendResult> complete = it.appending("r", Drafts.complete("'done'"));
        CompletionStage<AppendResult> late = it.appending("r", Drafts.delta(1));
        CompletionStage<Optional<RunState>> again = it.store().requestCancel("r");
        go.countDown();

        assertThat(Stages.await(cancel)).contains(RunState.CANCELLING);
        assertThat(Stages.await(complete)).isInstanceOf(AppendResult.Appended.class);
        assertThat(Stages.await(late)).isInstanceOf(AppendResult.Refused.class);
        assertThat(Stages.await(again)).contains(RunState.CANCELLED);
        assertThat(it.events("r"))
                .extracting(event -> event.type().wireName())
                .containsExactly("status", "status", "partial", "error");
    }

    @Test
    void countsAProducersNumbersWithinABatch() {
        it.startExternal("r");
        it.hold(go);
        CompletionStage<AppendResult> first =
                it.store().append("r", Drafts.numbered("p", 0, 0, Drafts.delta(0), Drafts.delta(1)));
        CompletionStage<AppendResult> repeat =
                it.store().append("r", Drafts.numbered("p", 0, 0, Drafts.delta(0), Drafts.delta(1)));
        CompletionStage<AppendResult> next = it.store().append("r", Drafts.numbered("p", 0, 2, Drafts.delta(2)));
        go.countDown();

        assertThat(List.of(Stages.await(first), Stages.await(repeat), Stages.await(next)))
                .allMatch(AppendResult.Appended.class::isInstance);
        assertThat(it.events("r"))
                .extracting(SeenEvent::data)
                .endsWith("0", "1", "2")
                .hasSize(4);
    }

    @Test
    void letsOneOfTwoEqualCreationsWin() {
        it.hold(go);
        CompletionStage<CreateResult> first =
                it.store().create(it.external("r").key("k").build());
        CompletionStage<CreateResult> sameName =
                it.store().create(it.external("r").build());
        CompletionStage<CreateResult> sameKey =
                it.store().create(it.external("other").key("k").build());
        CompletionStage<CreateResult> conflict =
                it.store().create(it.external("r").fingerprint("x").build());
        go.countDown();

        assertThat(Stages.await(first)).isInstanceOf(CreateResult.Created.class);
        assertThat(Stages.await(sameName)).isInstanceOf(CreateResult.Existing.class);
        assertThat(Stages.await(sameKey)).isInstanceOf(CreateResult.Existing.class);
        assertThat(Stages.await(conflict)).isInstanceOf(CreateResult.Conflict.class);
        assertThat(it.find("other")).isEmpty();
    }

    @Test
    void countsRunsThatAreAboutToOpenAgainstTheLimit() {
        it.close();
        it.settings = TestSettings.with(it.settings).maxOpenRuns(2).build();
        it.open();
        it.hold(go);
        List<CompletionStage<CreateResult>> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asked.add(it.store().create(it.external("r" + i).build()));
        }
        go.countDown();
        assertThat(asked.stream().map(Stages::await).filter(CreateResult.Overloaded.class::isInstance))
                .hasSize(1);
    }

    @Test
    void failsAWholeBatchOfWhichAStatementFailsAndShowsNothingOfIt() {
        it.startExternal("a");
        it.startExternal("b");
        StoreInFolder.sql(it.file(), REFUSE_EVENTS);
        it.hold(go);
        CompletionStage<AppendResult> first = it.appending("a", Drafts.delta(1));
        CompletionStage<Optional<RunState>> second = it.store().requestCancel("b");
        CompletionStage<CreateResult> third = it.store().create(it.external("c").build());
        go.countDown();

        for (CompletionStage<?> call : List.of(first, second, third)) {
            assertThatThrownBy(() -> Stages.await(call))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("for the test");
        }
        assertThat(it.events("a")).hasSize(1);
        assertThat(it.find("b").orElseThrow().record().state()).isEqualTo(RunState.RUNNING);
        assertThat(it.find("c")).isEmpty();
        assertThat(it.store().health().ready()).isFalse();
        assertThat(it.store().health().message()).contains(it.file().toString()).contains("for the test");
    }

    @Test
    void failsAloneWhoseRowsAreRefused() {
        it.startExternal("a");
        it.startExternal("b");
        StoreInFolder.sql(
                it.file(),
                "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.data = CAST('13' AS BLOB)"
                        + " BEGIN SELECT RAISE(ABORT, 'for the test'); END");
        it.hold(go);
        CompletionStage<AppendResult> before = it.appending("a", Drafts.delta(1));
        CompletionStage<AppendResult> refused = it.appending("a", Drafts.delta(13));
        CompletionStage<AppendResult> after = it.appending("a", Drafts.delta(2));
        CompletionStage<AppendResult> other = it.appending("b", Drafts.delta(3));
        CompletionStage<CreateResult> created =
                it.store().create(it.external("c").build());
        go.countDown();

        assertThatThrownBy(() -> Stages.await(refused)).isInstanceOf(StoreUnavailableException.class);
        assertThat(List.of(Stages.await(before), Stages.await(after), Stages.await(other)))
                .allMatch(AppendResult.Appended.class::isInstance);
        assertThat(Stages.await(created)).isInstanceOf(CreateResult.Created.class);
        assertThat(it.events("a"))
                .extracting(SeenEvent::data)
                .endsWith("1", "2")
                .hasSize(3);
        assertThat(it.events("b")).extracting(SeenEvent::data).endsWith("3").hasSize(2);
    }

    @Test
    void goesOnWhateverHappensWhereAChangeIsMadeVisible() {
        it.close();
        boolean[] broken = {false};
        it.observer = new RunObserver() {
            @Override
            public void changed(RunRecord before, RunRecord after) {
                if (broken[0]) {
                    AssertionError fault = new AssertionError("an observer's fault, for the test");
                    fault.setStackTrace(new StackTraceElement[0]);
                    throw fault;
                }
            }
        };
        it.open();
        it.startExternal("a");
        broken[0] = true;
        assertThatThrownBy(() -> it.append("a", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
        broken[0] = false;

        assertThat(it.append("a", Drafts.delta(2)).lastEventId().seq()).isEqualTo(3);
        assertThat(it.events("a"))
                .extracting(SeenEvent::data)
                .endsWith("1", "2")
                .hasSize(3);
    }

    @Test
    void goesOnWhereItStoodOnceTheFaultIsGone() {
        it.startExternal("a");
        StoreInFolder.sql(it.file(), REFUSE_EVENTS);
        assertThatThrownBy(() -> it.append("a", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
        StoreInFolder.sql(it.file(), "DROP TRIGGER refuse");

        assertThat(it.append("a", Drafts.delta(2)).lastEventId().seq()).isEqualTo(2);
        assertThat(it.events("a")).extracting(SeenEvent::data).endsWith("2").hasSize(2);
        assertThat(it.store().health()).isEqualTo(StoreHealth.READY);
    }

    @Test
    void findsOutByItselfThatItCanWriteAgain() {
        it.startExternal("a");
        StoreInFolder.sql(it.file(), REFUSE_EVENTS);
        assertThatThrownBy(() -> it.append("a", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
        StoreInFolder.sql(it.file(), "DROP TRIGGER refuse");
        assertThat(it.store().health().ready()).isFalse();

        it.timers.advance(Duration.ofSeconds(2));
        Stages.eventually("healthy again", () -> it.store().health().ready());
    }

    @Test
    void givesEachLeaseItsFullTimeAfterItCouldNotWrite() {
        it.start(it.external("a").lease(Duration.ofSeconds(3)));
        it.timers.advance(Duration.ofSeconds(2));
        StoreInFolder.sql(it.file(), REFUSE_EVENTS);
        StoreInFolder.sql(it.file(), REFUSE_PROBES);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> it.append("a", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
            it.timers.advance(Duration.ofSeconds(5));
        }
        StoreInFolder.sql(it.file(), "DROP TRIGGER refuse");
        StoreInFolder.sql(it.file(), "DROP TRIGGER refuse_probes");
        Stages.eventually("healthy again", () -> {
            it.timers.advance(Duration.ofMillis(100));
            return it.store().health().ready();
        });
        it.timers.advance(Duration.ofMillis(2_500));
        assertThat(it.find("a").orElseThrow().record().state()).isEqualTo(RunState.RUNNING);
        it.timers.advance(Duration.ofSeconds(1));
        Stages.eventually("lost", () -> it.find("a").orElseThrow().record().isEnded());
    }

    @Test
    void saysThatItCannotWriteWhileAnotherProgramDoes() throws Exception {
        it.startExternal("a");
        try (var other = java.sql.DriverManager.getConnection("jdbc:sqlite:" + it.file());
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> it.append("a", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
            statement.execute("ROLLBACK");
        }
        assertThat(it.append("a", Drafts.delta(2)).lastEventId().seq()).isEqualTo(2);
    }

    @Test
    void storesWhatWasHandedInBeforeItCloses() {
        it.startExternal("r");
        it.hold(go);
        List<CompletionStage<AppendResult>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(it.appending("r", Drafts.delta(i)));
        }
        Thread closing = Thread.ofPlatform().start(it::close);
        go.countDown();
        Threads.join(closing);
        assertThat(calls.stream().map(Stages::await)).allMatch(AppendResult.Appended.class::isInstance);

        it.open();
        assertThat(it.events("r")).hasSize(51);
    }

    @Test
    void refusesEverythingOnceClosed() {
        it.startExternal("r");
        it.close();
        assertThatThrownBy(() -> Stages.await(it.store().create(it.external("x").build())))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> it.append("r", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Stages.await(it.store().findInput("r"))).isInstanceOf(StoreUnavailableException.class);
        it.open();
        Run run = it.find("r").orElseThrow();
        assertThat(run.record().lastSeq()).isEqualTo(1);
    }
}
