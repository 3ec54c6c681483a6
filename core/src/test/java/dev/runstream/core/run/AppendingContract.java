package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How events enter any store. */
interface AppendingContract extends StoreTests {
    @Test
    default void numbersEventsFromOneWithoutHoles() {
        Run run = startExternal("r");
        AppendResult.Appended appended = append("r", Drafts.deltas(10, 3));

        assertThat(appended.lastEventId()).isEqualTo(new EventId(run.record().epoch(), 4));
        assertThat(appended.state()).isEqualTo(RunState.RUNNING);
        assertThat(appended.cancelRequested()).isFalse();
        assertThat(eventsOf("r")).extracting(SeenEvent::seq).containsExactly(1L, 2L, 3L, 4L);
        assertThat(eventsOf("r")).extracting(SeenEvent::data).endsWith("10", "11", "12");
    }

    @Test
    default void keepsDataTokenForToken() {
        startExternal("r");
        append("r", Drafts.delta("{'n':1.0e+2,'e':'\\u00E9\\/','n':-0}"));

        assertThat(eventsOf("r").getLast().data()).isEqualTo("{\"n\":1.0e+2,\"e\":\"\\u00E9\\/\",\"n\":-0}");
    }

    @Test
    default void doesNotKeepTheCallersArray() {
        startExternal("r");
        byte[] buffer = "[1,2]".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        append("r", new EventDraft.Valid(EventType.DELTA, dev.runstream.core.json.JsonBytes.trusted(buffer)));
        java.util.Arrays.fill(buffer, (byte) 'x');

        assertThat(eventsOf("r").getLast().data()).isEqualTo("[1,2]");
    }

    @Test
    default void showsAnEventBeforeItIsAcknowledged() {
        startExternal("r");
        LogReader reader = reader("r");
        for (int i = 0; i < 200; i++) {
            append("r", Drafts.delta(i));
            assertThat(reader.drain()).hasSize(i + 2);
        }
    }

    @Test
    default void countsBytesHeldAndWritten() {
        startExternal("r");
        append("r", Drafts.delta("'abc'"), Drafts.sized(1000));

        Run run = find("r").orElseThrow();
        long first = eventsOf("r").getFirst().data().length();
        assertThat(run.record().bytes()).isEqualTo(first + 5 + 1000);
        assertThat(run.bufferedBytes()).isEqualTo(first + 5 + 1000);
        assertThat(store().gauges().bufferedBytes()).isEqualTo(first + 5 + 1000);
    }

    @Test
    default void storesWhatStandsBeforeARefusedEvent() {
        startExternal("r");
        AppendResult.Refused refused =
                refused("r", Drafts.batch(Drafts.delta(1), Drafts.status("{'state':'x'}"), Drafts.delta(2)));

        assertThat(refused.refusal()).isInstanceOf(AppendResult.Refusal.Invalid.class);
        assertThat(refused.index()).isEqualTo(1);
        assertThat(refused.expectedSeq()).isEmpty();
        assertThat(refused.lastEventId().seq()).isEqualTo(2);
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void knowsNoOtherRun() {
        assertThat(tryAppend("none", Drafts.batch(Drafts.delta(1)))).isInstanceOf(AppendResult.UnknownRun.class);
        assertThat(Stages.await(store().requestCancel("none"))).isEmpty();
        assertThat(Stages.await(store().beginAttempt("none"))).isEmpty();
        assertThat(Stages.await(store().loseWorker("none", 1, "gone"))).isEmpty();
        assertThat(Stages.await(store().findEnd("none"))).isEmpty();
        assertThat(Stages.await(store().follow("none"))).isEmpty();
    }

    @Test
    default void acceptsNothingAfterTheEnd() {
        startExternal("r");
        append("r", Drafts.complete("{'ok':true}"));

        AppendResult.Refused refused = refused("r", Drafts.batch(Drafts.delta(1)));
        assertThat(refused.refusal()).isInstanceOf(AppendResult.Refusal.Ended.class);
        assertThat(refused.state()).isEqualTo(RunState.COMPLETED);
        assertThat(refused.lastEventId().seq()).isEqualTo(2);
        assertThat(refused("r", Drafts.batch(Drafts.error("{}"))).refusal())
                .isInstanceOf(AppendResult.Refusal.Ended.class);
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void findsTheEndOnceThereIsOne() {
        startExternal("r");
        append("r", Drafts.delta(1));
        assertThat(Stages.await(store().findEnd("r"))).isEmpty();

        append("r", Drafts.complete("{'ok':true}"));
        assertThat(Stages.await(store().findEnd("r")).orElseThrow()).hasToString("{\"ok\":true}");
    }

    @Test
    default void storesARetriedBatchOnce() {
        startExternal("r");
        AppendBatch batch = Drafts.numbered("p", 1, 0, Drafts.deltas(0, 3));

        assertThat(tryAppend("r", batch)).isInstanceOf(AppendResult.Appended.class);
        assertThat(tryAppend("r", batch)).isInstanceOf(AppendResult.Appended.class);
        assertThat(tryAppend("r", Drafts.numbered("p", 1, 2, Drafts.deltas(2, 3))))
                .isInstanceOf(AppendResult.Appended.class);

        assertThat(eventsOf("r").stream().skip(1)).extracting(SeenEvent::data).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    default void acceptsARepeatAfterTheEndAndNothingNew() {
        startExternal("r");
        AppendBatch batch = Drafts.numbered("p", 1, 0, Drafts.delta(0), Drafts.complete("1"));
        assertThat(tryAppend("r", batch)).isInstanceOf(AppendResult.Appended.class);

        AppendResult.Appended repeated = StoreTests.assertThatIs(AppendResult.Appended.class, tryAppend("r", batch));
        assertThat(repeated.state()).isEqualTo(RunState.COMPLETED);
        assertThat(repeated.lastEventId().seq()).isEqualTo(3);
        AppendResult.Refused refused = refused("r", Drafts.numbered("p", 1, 2, Drafts.delta(9)));
        assertThat(refused.refusal()).isInstanceOf(AppendResult.Refusal.Ended.class);
        assertThat(refused.expectedSeq()).isEqualTo(OptionalLong.of(2));
    }

    @Test
    default void tellsAProducerOfItsHole() {
        startExternal("r");
        tryAppend("r", Drafts.numbered("p", 1, 0, Drafts.delta(0)));

        AppendResult.Refused refused = refused("r", Drafts.numbered("p", 1, 3, Drafts.delta(3)));
        assertThat(refused.refusal()).isEqualTo(new AppendResult.Refusal.ProducerGap(3));
        assertThat(refused.expectedSeq()).isEqualTo(OptionalLong.of(1));
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void refusesAProducerOfAnEarlierEpoch() {
        startExternal("r");
        tryAppend("r", Drafts.numbered("p", 2, 0, Drafts.delta(0)));

        assertThat(refused("r", Drafts.numbered("p", 1, 0, Drafts.delta(1))).refusal())
                .isEqualTo(new AppendResult.Refusal.StaleProducer(2));
    }

    @Test
    default void refusesEventsFromElsewhereForARunOfAnAgent() {
        start(ofAgent("r"));
        begin("r");
        AppendBatch own = Drafts.numbered(Producer.AGENT, 1, 0, Drafts.delta(0));

        AppendResult.Refused refused = refused("r", new AppendBatch(own.producer(), own.drafts(), true));
        assertThat(refused.refusal()).isEqualTo(new AppendResult.Refusal.NotExternal("counting"));
        assertThat(refused.expectedSeq()).isEmpty();
        assertThat(tryAppend("r", own)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    default void resumesARefusedBatchWhereItWasRefused() {
        startExternal("r");
        AppendResult.Refused refused = refused(
                "r", Drafts.numbered("p", 1, 0, Drafts.delta(0), Drafts.delta(1), Drafts.status("{'attempt':1}")));
        assertThat(refused.index()).isEqualTo(2);
        assertThat(refused.expectedSeq()).isEqualTo(OptionalLong.of(2));

        assertThat(tryAppend(
                        "r", Drafts.numbered("p", 1, 0, Drafts.delta(0), Drafts.delta(1), Drafts.status("{'m':1}"))))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(eventsOf("r")).hasSize(4);
    }

    @Test
    default void givesConcurrentWorkersOneGaplessSequence() {
        int threads = 8;
        int each = 250;
        startExternal("r");
        LogReader reader = reader("r");
        List<CompletableFuture<Set<Long>>> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int number = t;
            workers.add(CompletableFuture.supplyAsync(
                    () -> {
                        Set<Long> acknowledged = new HashSet<>();
                        for (int i = 0; i < each; i++) {
                            acknowledged.add(append("r", Drafts.delta("[" + number + "," + i + "]"))
                                    .lastEventId()
                                    .seq());
                        }
                        return acknowledged;
                    },
                    task -> Thread.ofPlatform().start(task)));
        }
        List<SeenEvent> seen = reader.readUntilSeq(1 + threads * each);
        workers.forEach(Stages::await);

        assertThat(reader.gaps()).isEmpty();
        assertThat(seen).hasSize(1 + threads * each);
        for (int t = 0; t < threads; t++) {
            String prefix = "[" + t + ",";
            List<String> own = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                own.add(prefix + i + "]");
            }
            assertThat(seen.stream().map(SeenEvent::data).filter(data -> data.startsWith(prefix)))
                    .containsExactlyElementsOf(own);
        }
    }

    @Test
    default void appliesWhatOneWorkerSendsWithoutWaitingInItsOrder() {
        startExternal("r");
        List<CompletionStage<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(store().append("r", Drafts.batch(Drafts.delta(i))));
        }
        sent.forEach(Stages::await);

        List<SeenEvent> seen = eventsOf("r");
        assertThat(seen).hasSize(501);
        for (int i = 0; i < 500; i++) {
            assertThat(seen.get(i + 1).data()).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    default void hasItsFirstEventBeforeAnybodyCanFindTheRun() {
        for (int round = 0; round < 400; round++) {
            String runId = "r" + round;
            CompletableFuture<Void> worker = CompletableFuture.runAsync(
                    () -> Stages.eventually(
                            "the worker finds its run",
                            () -> tryAppend(runId, Drafts.batch(Drafts.complete("1")))
                                    instanceof AppendResult.Appended),
                    task -> Thread.ofPlatform().daemon().start(task));
            startExternal(runId);
            Stages.await(worker);

            assertThat(eventsOf(runId))
                    .extracting(SeenEvent::type)
                    .containsExactly(EventType.STATUS, EventType.COMPLETE);
            assertThat(stateOf(runId)).isEqualTo(RunState.COMPLETED);
        }
    }

    @Test
    default void endsOnceWhateverEndsItAtTheSameTime() {
        for (int round = 0; round < 40; round++) {
            String runId = "r" + round;
            startExternal(runId);
            List<CompletableFuture<Void>> racers = new ArrayList<>();
            List<Runnable> ends = List.of(
                    () -> tryAppend(runId, Drafts.batch(Drafts.complete("1"))),
                    () -> tryAppend(runId, Drafts.batch(Drafts.error("{'message':'no'}"))),
                    () -> cancel(runId),
                    () -> Stages.await(store().loseWorker(runId, 1, "gone")));
            for (Runnable end : ends) {
                racers.add(CompletableFuture.runAsync(
                        end, task -> Thread.ofPlatform().start(task)));
            }
            racers.forEach(Stages::await);

            List<SeenEvent> seen = eventsOf(runId);
            assertThat(seen.stream().filter(event -> event.type().isTerminal())).hasSize(1);
            assertThat(seen.getLast().type().isTerminal()).isTrue();
            RunRecord run = find(runId).orElseThrow().record();
            assertThat(run.state().isEnd()).isTrue();
            assertThat(run.lastSeq()).isEqualTo(seen.getLast().seq());
            assertThat(run.state() == RunState.COMPLETED)
                    .isEqualTo(seen.getLast().type() == EventType.COMPLETE);
            if (run.stop().isRequested()) {
                assertThat(run.state()).isEqualTo(RunState.CANCELLED);
            }
        }
    }
}
