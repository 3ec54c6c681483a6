package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.testing.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules by which entries of a queue's stream change the run of a job. */
class CopyingTest {
    private static final int MAX_EVENT_BYTES = 200;
    private static final SourceStep WAITING = new SourceStep.Waiting(false);
    private static final SourceStep SENT_BACK = new SourceStep.Waiting(true);
    private static final SourceStep BEGUN = new SourceStep.Begun(0);
    private static final SourceStep COMPLETED = new SourceStep.Completed(Json.json("'made'"));
    private static final SourceStep FAILED = new SourceStep.Failed(Json.json("{'message':'no'}"));

    private final RunMachine machine = new RunMachine(settings());
    private RunRecord run = machine.create(
                    new RunSpec("q:1", RunSpec.QUEUE + "q", 1, false, 0, 0, "", "", 2, 1_000), 1_000)
            .record();
    private final List<String> told = new ArrayList<>();
    private long nextSeq = 1;

    private static RunSettings settings() {
        RunSettings d = RunSettings.defaults();
        return new RunSettings(
                MAX_EVENT_BYTES,
                d.runBufferBytes(),
                d.maxOpenRuns(),
                d.lease(),
                d.cancelGrace(),
                d.disconnectGrace(),
                d.maxRunTime(),
                d.retainEnded());
    }

    private List<SourceEntry> entries(SourceStep... steps) {
        return Arrays.stream(steps)
                .map(step -> new SourceEntry(new SourceId(7, nextSeq++), step))
                .toList();
    }

    private Copied copy(List<SourceEntry> entries) {
        Decision<Copied> decision = machine.copy(run, entries, 2_000);
        take(decision);
        return decision.outcome();
    }

    private Copied copy(SourceStep... steps) {
        return copy(entries(steps));
    }

    private void take(Decision<?> decision) {
        run = decision.record();
        decision.events().stream().map(CopyingTest::line).forEach(told::add);
    }

    private static String line(NewEvent event) {
        return event.type() == EventType.STATUS
                ? "status " + event.attempt() + " " + event.data()
                : event.type().wireName() + " " + event.attempt() + " " + event.data();
    }

    private static SourceStep sent(EventDraft... events) {
        return new SourceStep.Sent(List.of(events), Optional.empty());
    }

    private static SourceStep batch(long sender, long index, EventDraft... events) {
        return new SourceStep.Sent(List.of(events), Optional.of(new SourceStep.BatchNumber(sender, index)));
    }

    private static EventDraft draft(EventType type, String json) {
        return EventDraft.of(type, Json.json(json), MAX_EVENT_BYTES);
    }

    @Test
    void changesStateAsTheJobDoes() {
        assertThat(copy(new SourceStep.Added(), WAITING).state()).isEqualTo(RunState.QUEUED);
        assertThat(told).isEmpty();
        assertThat(copy(BEGUN).state()).isEqualTo(RunState.RUNNING);
        assertThat(copy(WAITING).state()).isEqualTo(RunState.RETRYING);
        assertThat(copy(WAITING).state()).isEqualTo(RunState.RETRYING);
        assertThat(copy(BEGUN, COMPLETED).state()).isEqualTo(RunState.COMPLETED);
        assertThat(run.attempt()).isEqualTo(2);
        assertThat(told)
                .containsExactly(
                        "status 1 {\"state\":\"running\",\"attempt\":1,\"at\":\"1970-01-01T00:00:02Z\"}",
                        "status 1 {\"state\":\"retrying\",\"at\":\"1970-01-01T00:00:02Z\"}",
                        "status 2 {\"state\":\"running\",\"attempt\":2,\"at\":\"1970-01-01T00:00:02Z\"}",
                        "complete 2 \"made\"");
    }

    @Test
    void passesOverWhatIsNotAfterTheLastEntryCopied() {
        List<SourceEntry> all = entries(
                new SourceStep.Added(),
                BEGUN,
                sent(draft(EventType.DELTA, "1"), draft(EventType.DELTA, "2")),
                sent(draft(EventType.DELTA, "3")),
                COMPLETED);
        for (int end = 1; end <= all.size(); end++) {
            copy(all.subList(0, end));
        }
        copy(all);
        assertThat(told.stream().skip(1)).containsExactly("delta 1 1", "delta 1 2", "delta 1 3", "complete 1 \"made\"");
    }

    @Test
    void passesOverABatchThatItsWorkerSentAgain() {
        EventDraft one = draft(EventType.DELTA, "1");
        EventDraft two = draft(EventType.DELTA, "2");
        EventDraft three = draft(EventType.DELTA, "3");
        copy(BEGUN, batch(7, 0, one), batch(7, 0, one), batch(7, 1, two));
        copy(batch(7, 1, two), batch(8, 0, three), batch(7, 2, three));
        assertThat(told.stream().skip(1)).containsExactly("delta 1 1", "delta 1 2", "delta 1 3", "delta 1 3");
    }

    @Test
    void beginsWhereTheFirstThatIsSeenIsAnEvent() {
        assertThat(copy(sent(draft(EventType.DELTA, "1"))).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void takesTheNumberOfTheAttemptWhereTheQueueKnowsIt() {
        copy(new SourceStep.Begun(3));
        assertThat(run.attempt()).isEqualTo(3);
    }

    @Test
    void keepsAnEndAndIgnoresWhatComesLate() {
        copy(BEGUN, FAILED, sent(draft(EventType.DELTA, "1")), COMPLETED, WAITING);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(told.getLast()).isEqualTo("error 1 {\"message\":\"no\",\"code\":\"failed\",\"retriable\":false}");
    }

    @Test
    void dropsAnEventThatIsTooLargeAndSaysSo() {
        copy(BEGUN, sent(draft(EventType.DELTA, "'" + "x".repeat(300) + "'"), draft(EventType.DELTA, "2")));
        assertThat(told.get(1)).contains("an event was dropped: it has 302 bytes, and 200 are allowed");
        assertThat(told.get(2)).isEqualTo("delta 1 2");
    }

    @Test
    void losesNoEndToItsSize() {
        copy(BEGUN, new SourceStep.Completed(Json.json("'" + "x".repeat(300) + "'")));
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(told.getLast())
                .isEqualTo("error 1 {\"message\":\"the job's result has 302 bytes, and 200 are allowed\","
                        + "\"code\":\"event-too-large\",\"retriable\":false}");
    }

    @Test
    void endsAsCancelledHoweverTheJobEndsWhereACancelStands() {
        for (SourceStep end : List.of(COMPLETED, FAILED, new SourceStep.Removed("gone"), new SourceStep.Lost("gone"))) {
            CopyingTest each = new CopyingTest();
            each.copy(BEGUN);
            each.take(each.machine.requestCancel(each.run, 2_000));
            assertThat(each.run.state()).isEqualTo(RunState.CANCELLING);
            assertThat(each.copy(end).state()).isEqualTo(RunState.CANCELLED);
            assertThat(each.told.getLast()).contains("\"code\":\"cancelled\"");
        }
    }

    /** Whether a worker has a job is known to its queue alone. */
    @Test
    void endsNoWaitingRunBeforeTheQueueHasSaidThatNobodyHasIt() {
        take(machine.requestCancel(run, 2_000));
        assertThat(run.state()).isEqualTo(RunState.CANCELLING);
        take(machine.settle(run, Optional.empty(), new SourceStep.Removed("gone"), 2_000));
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
        assertThat(told.getLast())
                .isEqualTo("error 1 {\"message\":\"cancelled before it began\",\"code\":\"cancelled\","
                        + "\"retriable\":false}");
    }

    @Test
    void saysWhenAJobGoesOnThatWasToStop() {
        copy(BEGUN);
        take(machine.requestCancel(run, 2_000));
        assertThat(copy(sent(draft(EventType.DELTA, "1"))).goesOnThoughStopped())
                .isFalse();
        assertThat(copy(WAITING).goesOnThoughStopped()).isTrue();
        assertThat(copy(BEGUN).goesOnThoughStopped()).isTrue();
        assertThat(run.attempt()).isEqualTo(1);
        copy(FAILED);
        assertThat(copy(WAITING).goesOnThoughStopped()).isTrue();
        assertThat(copy(COMPLETED).goesOnThoughStopped()).isFalse();
    }

    @Test
    void needsANewLogForAnotherLifeOfTheJob() {
        for (List<SourceStep> lives : List.of(
                List.<SourceStep>of(new SourceStep.Added(), BEGUN, COMPLETED, new SourceStep.Added(), BEGUN),
                List.<SourceStep>of(new SourceStep.Added(), BEGUN, FAILED, SENT_BACK, BEGUN))) {
            CopyingTest each = new CopyingTest();
            Copied copied = each.copy(lives.toArray(SourceStep[]::new));
            assertThat(copied.newLogAt()).isEqualTo(OptionalInt.of(3));
            assertThat(each.run.isEnded()).isTrue();
            assertThat(each.run.copiedTo()).isEqualTo(new SourceId(7, 3));
        }
    }

    @Test
    void endsAFormerLifeWhoseEndWasNotSeen() {
        Copied copied = copy(new SourceStep.Added(), BEGUN, new SourceStep.Added());
        assertThat(copied.newLogAt()).isEqualTo(OptionalInt.of(2));
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
    }

    /** It was started here, and cancelled before the queue's own word of it was read. */
    @Test
    void takesTheFirstWordOfAJobForNoOtherLife() {
        take(machine.requestCancel(run, 2_000));
        take(machine.settle(run, Optional.empty(), new SourceStep.Removed("gone"), 2_000));
        assertThat(copy(new SourceStep.Added(), WAITING).newLogAt()).isEmpty();
        assertThat(copy(new SourceStep.Added()).newLogAt()).isPresent();
    }

    @Test
    void settlesNothingWhereSomethingWasCopiedMeanwhile() {
        copy(BEGUN);
        SourceId seen = run.copiedTo();
        copy(sent(draft(EventType.DELTA, "1")));
        take(machine.settle(run, Optional.of(seen), COMPLETED, 2_000));
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        take(machine.settle(run, Optional.of(run.copiedTo()), COMPLETED, 2_000));
        assertThat(run.state()).isEqualTo(RunState.COMPLETED);
    }

    @Test
    void ordersEntriesAsTheirStreamDoes() {
        SourceId id = SourceId.parse("1763841600000-12");
        assertThat(id).isEqualTo(new SourceId(1_763_841_600_000L, 12)).hasToString("1763841600000-12");
        assertThat(Stream.of(id.before(), new SourceId(id.millis(), 0).before(), SourceId.NONE))
                .allMatch(id::isAfter);
        assertThat(id.isAfter(id)).isFalse();
        assertThat(new SourceId(id.millis(), 0).before().millis()).isEqualTo(id.millis() - 1);
        assertThat(JsonBytes.ofLong(1).isArray()).isFalse();
    }
}
