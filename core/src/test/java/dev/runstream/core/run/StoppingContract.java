package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How runs of any store are cancelled, and how attempts begin and are lost. */
interface StoppingContract extends StoreTests {
    @Test
    default void asksARunningRunToStop() {
        startExternal("r");

        assertThat(cancel("r")).isEqualTo(RunState.CANCELLING);
        assertThat(stateOf("r")).isEqualTo(RunState.CANCELLING);
        RunRecord run = find("r").orElseThrow().record();
        assertThat(run.stop())
                .isEqualTo(new Stop(Stop.Reason.CANCEL, bench().clock.millis()));
        SeenEvent told = eventsOf("r").getLast();
        assertThat(told.type()).isEqualTo(EventType.STATUS);
        assertThat(told.member("state")).isEqualTo("\"cancelling\"");
    }

    @Test
    default void asksOnceHoweverOftenItIsAsked() {
        startExternal("r");
        cancel("r");

        assertThat(cancel("r")).isEqualTo(RunState.CANCELLING);
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void tellsTheWorkerWithItsNextEvent() {
        startExternal("r");
        cancel("r");

        assertThat(append("r", Drafts.delta(1)).cancelRequested()).isTrue();
        assertThat(append("r").cancelRequested()).isTrue();
    }

    @Test
    default void endsAQueuedRunAtOnceAndItsWorkNeverBegins() {
        start(ofAgent("r"));

        assertThat(cancel("r")).isEqualTo(RunState.CANCELLED);
        assertThat(Stages.await(store().beginAttempt("r"))).isEmpty();
        // By then the token that workers elsewhere look for is gone.
        pass(Duration.ofMinutes(6));
        assertThat(Stages.await(store().beginAttempt("r"))).isEmpty();
        assertThat(eventsOf("r").getLast().member("code")).isEqualTo("\"cancelled\"");
        assertThat(eventsOf("r")).hasSize(3);
    }

    @Test
    default void changesNothingWhereTheRunHasEnded() {
        startExternal("r");
        append("r", Drafts.complete("1"));

        assertThat(cancel("r")).isEqualTo(RunState.COMPLETED);
        assertThat(eventsOf("r")).hasSize(2);
        assertThat(find("r").orElseThrow().record().stop()).isEqualTo(Stop.NONE);
    }

    @Test
    default void neverReportsSuccessAfterACancelButKeepsTheResult() {
        startExternal("r");
        cancel("r");

        AppendResult.Appended appended = append("r", Drafts.complete("{'made':1}"));
        assertThat(appended.state()).isEqualTo(RunState.CANCELLED);
        List<SeenEvent> seen = eventsOf("r");
        assertThat(seen.get(2).type()).isEqualTo(EventType.PARTIAL);
        assertThat(seen.get(2).data()).isEqualTo("{\"made\":1}");
        assertThat(seen.getLast().member("code")).isEqualTo("\"cancelled\"");
        assertThat(seen).hasSize(4);
    }

    @Test
    default void endsACancelledRunByItsWorkersError() {
        startExternal("r");
        cancel("r");
        append("r", Drafts.error("{'message':'stopped at 7','code':'x'}"));

        SeenEvent end = eventsOf("r").getLast();
        assertThat(end.member("message")).isEqualTo("\"stopped at 7\"");
        assertThat(end.member("code")).isEqualTo("\"cancelled\"");
        assertThat(stateOf("r")).isEqualTo(RunState.CANCELLED);
    }

    @Test
    default void beginsAnAttemptOnce() {
        start(ofAgent("r"));
        RunRecord begun = begin("r");

        assertThat(begun.state()).isEqualTo(RunState.RUNNING);
        assertThat(begun.attempt()).isEqualTo(1);
        assertThat(begun.startedAtMillis()).isEqualTo(bench().clock.millis());
        assertThat(Stages.await(store().beginAttempt("r"))).isEmpty();
    }

    @Test
    default void triesAgainAfterALostWorkerWhileAttemptsAllow() {
        start(ofAgent("r").attempts(2));
        begin("r");

        assertThat(Stages.await(store().loseWorker("r", 1, "gone"))).isEqualTo(Optional.of(RunState.RETRYING));
        assertThat(begin("r").attempt()).isEqualTo(2);
        assertThat(eventsOf("r").getLast().member("attempt")).isEqualTo("2");
        assertThat(Stages.await(store().loseWorker("r", 2, "gone again"))).isEqualTo(Optional.of(RunState.FAILED));
        assertEndsIn("r", RunState.FAILED, "worker-lost");
    }

    @Test
    default void endsARetryingRunAtOnceWhenItIsCancelled() {
        start(ofAgent("r").attempts(2));
        begin("r");
        Stages.await(store().loseWorker("r", 1, "gone"));

        assertThat(cancel("r")).isEqualTo(RunState.CANCELLED);
        assertThat(Stages.await(store().beginAttempt("r"))).isEmpty();
    }

    @Test
    default void endsAsCancelledWhenTheWorkerOfACancelledRunIsLost() {
        start(ofAgent("r").attempts(5));
        begin("r");
        cancel("r");

        assertThat(Stages.await(store().loseWorker("r", 1, "gone"))).isEqualTo(Optional.of(RunState.CANCELLED));
    }

    @Test
    default void countsOpenRunsByState() {
        start(ofAgent("queued"));
        start(ofAgent("running"));
        begin("running");
        startExternal("cancelling");
        cancel("cancelling");
        startExternal("done");
        append("done", Drafts.complete("1"));

        assertThat(store().gauges().openRuns())
                .containsOnly(
                        java.util.Map.entry(RunState.QUEUED, 1),
                        java.util.Map.entry(RunState.RUNNING, 1),
                        java.util.Map.entry(RunState.CANCELLING, 1));
    }
}
