package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What time does to the runs of any store. */
interface DeadlinesContract extends StoreTests {
    Duration LEASE = Duration.ofSeconds(60);
    Duration GRACE = Duration.ofSeconds(30);
    Duration MOMENT = Duration.ofMillis(1);

    @Test
    default void losesAWorkerElsewhereWhenItsLeaseRunsOut() {
        startExternal("r");
        pass(LEASE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);

        pass(MOMENT);
        assertEndsIn("r", RunState.FAILED, "worker-lost");
        assertThat(find("r").orElseThrow().record().endedAtMillis())
                .isEqualTo(bench().clock.millis());
    }

    @Test
    default void renewsALeaseWithEveryCall() {
        startExternal("r");
        for (int i = 0; i < 5; i++) {
            pass(LEASE.minus(MOMENT));
            append("r");
        }
        pass(LEASE.minus(MOMENT));
        refused("r", Drafts.batch(Drafts.status("{'state':1}")));
        pass(LEASE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);

        pass(MOMENT);
        assertEndsIn("r", RunState.FAILED, "worker-lost");
    }

    @Test
    default void takesTheLeaseThatTheRunAskedFor() {
        start(external("r").lease(Duration.ofSeconds(5)));
        pass(Duration.ofSeconds(5));
        assertEndsIn("r", RunState.FAILED, "worker-lost");
    }

    @Test
    default void givesEachLeaseItsFullTimeAfterTheProcessWasStopped() {
        startExternal("r");
        pass(Duration.ofSeconds(30));
        bench().timers.sleepThrough(Duration.ofHours(1));
        pass(Duration.ZERO);
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);

        pass(LEASE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
        pass(MOMENT);
        assertEndsIn("r", RunState.FAILED, "worker-lost");
    }

    @Test
    default void givesALeaseItsFullTimeAfterTheProcessWasStoppedForAFewSecondsOnly() {
        start(external("r").lease(Duration.ofSeconds(2)));
        pass(Duration.ofSeconds(1));
        bench().timers.sleepThrough(Duration.ofMillis(1_500));
        pass(Duration.ofMillis(1_900));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
        pass(Duration.ofMillis(200));
        assertEndsIn("r", RunState.FAILED, "worker-lost");
    }

    @Test
    default void movesNoDeadlineWhenTheWallClockIsSet() {
        for (long hours : new long[] {-1, 1}) {
            String cancelled = "cancelled" + hours;
            String limited = "limited" + hours;
            startExternal(cancelled);
            start(external(limited).timeout(Duration.ofSeconds(30)));
            cancel(cancelled);
            bench().clock.jump(Duration.ofHours(hours));
            pass(GRACE.minus(MOMENT));
            assertThat(settled(cancelled)).isEqualTo(RunState.CANCELLING);
            assertThat(settled(limited)).isEqualTo(RunState.RUNNING);

            pass(MOMENT);
            assertEndsIn(cancelled, RunState.CANCELLED, "cancelled");
            assertThat(settled(limited)).isEqualTo(RunState.CANCELLING);
        }
    }

    @Test
    default void needsNoLeaseForAnAgentOfOurs() {
        start(ofAgent("r"));
        begin("r");
        pass(Duration.ofHours(5));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
    }

    @Test
    default void endsACancelledRunAfterTheGraceWhateverItsWorkerDoes() {
        startExternal("r");
        cancel("r");
        pass(Duration.ofSeconds(20));
        append("r", Drafts.delta(1));
        pass(Duration.ofSeconds(10).minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.CANCELLING);

        pass(MOMENT);
        assertEndsIn("r", RunState.CANCELLED, "cancelled");
        assertThat(refused("r", Drafts.batch(Drafts.complete("1"))).refusal())
                .isInstanceOf(AppendResult.Refusal.Ended.class);
    }

    @Test
    default void endsACancelledRunAsCancelledWhenItsLeaseRunsOutFirst() {
        startExternal("r");
        pass(Duration.ofSeconds(50));
        cancel("r");
        pass(Duration.ofSeconds(10));
        assertEndsIn("r", RunState.CANCELLED, "cancelled");
    }

    @Test
    default void stopsARunThatTakesTooLongAndFailsItAfterTheGrace() {
        start(external("r").timeout(Duration.ofSeconds(100)).lease(Duration.ofHours(1)));
        LogReader reader = reader("r");
        pass(Duration.ofSeconds(100).minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
        pass(MOMENT);
        reader.readUntilSeq(2);
        assertThat(settled("r")).isEqualTo(RunState.CANCELLING);
        assertThat(append("r").cancelRequested()).isTrue();

        pass(GRACE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.CANCELLING);
        pass(MOMENT);
        assertEndsIn("r", RunState.FAILED, "timeout");
    }

    @Test
    default void failsAnOverlongRunByTimeoutWhateverItsWorkerSends() {
        for (EventDraft end :
                new EventDraft[] {Drafts.complete("{'made':1}"), Drafts.error("{'message':'no','code':'cancelled'}")}) {
            String runId = end.toString().contains("COMPLETE") ? "completes" : "fails";
            start(external(runId).timeout(Duration.ofSeconds(10)));
            LogReader reader = reader(runId);
            pass(Duration.ofSeconds(10));
            reader.readUntilSeq(2);

            append(runId, end);
            assertEndsIn(runId, RunState.FAILED, "timeout");
        }
    }

    @Test
    default void countsTheTimeLimitFromTheStartNotFromTheCreation() {
        start(ofAgent("r").timeout(Duration.ofSeconds(10)));
        pass(Duration.ofHours(1));
        assertThat(stateOf("r")).isEqualTo(RunState.QUEUED);

        begin("r");
        LogReader reader = reader("r");
        pass(Duration.ofSeconds(10));
        reader.readUntilSeq(3);
        assertThat(settled("r")).isEqualTo(RunState.CANCELLING);
    }

    @Test
    default void cancelsARunThatWantsItWhenItsLastReaderHasBeenGoneForTheGrace() {
        start(ofAgent("r").cancelOnDisconnect());
        begin("r");
        LogReader watching = reader("r");
        FollowedRun one = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        FollowedRun two = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        one.readerCame();
        two.readerCame();
        pass(Duration.ofHours(1));
        one.readerLeft();
        pass(Duration.ofHours(1));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);

        two.readerLeft();
        pass(GRACE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
        pass(MOMENT);
        watching.readUntilSeq(3);
        assertThat(settled("r")).isEqualTo(RunState.CANCELLING);
    }

    @Test
    default void cancelsNothingForReadersThatADrainSendsAway() {
        start(ofAgent("r").cancelOnDisconnect());
        begin("r");
        FollowedRun reader = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        reader.readerCame();
        store().drain();
        reader.readerLeft();
        pass(Duration.ofHours(1));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
    }

    @Test
    default void forgetsThatTheLastReaderLeftWhenOneComesBack() {
        start(ofAgent("r").cancelOnDisconnect());
        begin("r");
        FollowedRun reader = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        reader.readerCame();
        reader.readerLeft();
        pass(GRACE.minus(MOMENT));
        reader.readerCame();
        pass(Duration.ofHours(1));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);

        reader.readerLeft();
        pass(GRACE.minus(MOMENT));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
    }

    @Test
    default void waitsForAFirstReaderForEver() {
        start(ofAgent("r").cancelOnDisconnect());
        begin("r");
        pass(Duration.ofDays(1));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
    }

    @Test
    default void letsARunGoOnWithoutReadersUnlessItWantsOtherwise() {
        start(ofAgent("r"));
        begin("r");
        FollowedRun reader = bench().closing(Stages.await(store().follow("r")).orElseThrow());
        reader.readerCame();
        reader.readerLeft();
        pass(Duration.ofDays(1));
        assertThat(settled("r")).isEqualTo(RunState.RUNNING);
    }

    @Test
    default void leavesNoTimersBehindForRunsThatEnded() {
        int before = bench().timers.waiting();
        for (int i = 0; i < 50; i++) {
            start(external("r" + i).timeout(Duration.ofDays(30)).cancelOnDisconnect());
            append("r" + i, Drafts.complete("1"));
        }
        assertThat(bench().timers.waiting()).isEqualTo(before);
    }
}
