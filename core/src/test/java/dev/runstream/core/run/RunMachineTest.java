package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunMachineTest {
    private static final String AT = "2025-11-22T20:00:00Z";
    private static final long LIMIT_MILLIS = 100_000;

    @Test
    void beginsWithItsFirstState() {
        assertThat(MachineBench.external().all()).containsExactly("status {'state':'running','at':'" + AT + "'}");
        assertThat(MachineBench.queued(1).all()).containsExactly("status {'state':'queued','at':'" + AT + "'}");
    }

    @Test
    void tellsEachAttemptItsNumber() {
        MachineBench bench = MachineBench.queued(3);
        bench.now += 1;
        bench.begin();
        assertThat(bench.last()).isEqualTo("status {'state':'running','attempt':1,'at':'2025-11-22T20:00:00.001Z'}");
        assertThat(bench.run.startedAtMillis()).isEqualTo(bench.now);

        bench.now += 1;
        assertThat(bench.lose()).isEqualTo(RunState.RETRYING);
        assertThat(bench.last())
                .isEqualTo("status {'state':'retrying','message':'the worker is gone',"
                        + "'at':'2025-11-22T20:00:00.002Z'}");
        assertThat(bench.events.getLast().attempt()).isEqualTo(1);

        bench.begin();
        assertThat(bench.run.attempt()).isEqualTo(2);
        assertThat(bench.run.startedAtMillis()).isEqualTo(MachineBench.CREATED + 1);
        assertThat(bench.events.getLast().attempt()).isEqualTo(2);
    }

    @Test
    void givesUpWhenNoAttemptIsLeft() {
        MachineBench bench = MachineBench.running(2);
        bench.lose();
        bench.begin();

        assertThat(bench.lose()).isEqualTo(RunState.FAILED);
        assertThat(bench.last())
                .isEqualTo("error {'message':'the worker is gone','code':'worker-lost','retriable':true}");
    }

    @Test
    void triesNoExternalRunAgain() {
        MachineBench bench =
                new MachineBench(AskedRun.external("r", MachineBench.CREATED).attempts(5));
        assertThat(bench.lose()).isEqualTo(RunState.FAILED);
    }

    @Test
    void losesNoWorkerWhereNoneIsAtWork() {
        MachineBench queued = MachineBench.queued(3);
        assertThat(queued.lose()).isEqualTo(RunState.QUEUED);
        MachineBench retrying = MachineBench.running(3);
        retrying.lose();
        assertThat(retrying.lose()).isEqualTo(RunState.RETRYING);
    }

    @Test
    void losesNoWorkerOfAnAttemptThatAnotherHasReplaced() {
        MachineBench bench = MachineBench.running(3);
        bench.lose();
        bench.begin();
        assertThat(bench.lose(1)).isEqualTo(RunState.RUNNING);
        assertThat(bench.lose(2)).isEqualTo(RunState.RETRYING);
    }

    @Test
    void addsTheStateToAStatusAndNothingElse() {
        MachineBench bench = MachineBench.external();
        bench.append(Drafts.status("{'message':'m','progress':{'done':1,'total':2}}"));
        assertThat(bench.last()).isEqualTo("status {'message':'m','progress':{'done':1,'total':2},'state':'running'}");
        bench.append(Drafts.status("{}"));
        assertThat(bench.last()).isEqualTo("status {'state':'running'}");

        bench.cancel();
        bench.append(Drafts.status("{'n':1}"));
        assertThat(bench.last()).isEqualTo("status {'n':1,'state':'cancelling'}");
    }

    @Test
    void completesAnErrorThatLeavesSomethingOut() {
        assertThat(failedWith("{'message':'m'}")).isEqualTo("error {'message':'m','code':'failed','retriable':false}");
        assertThat(failedWith("{'code':'mine','message':'m'}"))
                .isEqualTo("error {'code':'mine','message':'m','retriable':false}");
        assertThat(failedWith("{'message':'m','retriable':true,'x':1.0}"))
                .isEqualTo("error {'message':'m','retriable':true,'x':1.0,'code':'failed'}");
        assertThat(failedWith("{'c\\u006fde':'mine','retriable':true}"))
                .isEqualTo("error {'c\\u006fde':'mine','retriable':true}");
        assertThat(failedWith("{}")).isEqualTo("error {'code':'failed','retriable':false}");
    }

    private static String failedWith(String data) {
        MachineBench bench = MachineBench.external();
        bench.append(Drafts.error(data));
        assertThat(bench.run.state()).isEqualTo(RunState.FAILED);
        return bench.last();
    }

    @Test
    void refusesMembersThatAreTheServersToSet() {
        for (EventDraft draft : List.of(
                Drafts.status("{'state':'x'}"),
                Drafts.status("{'attempt':2}"),
                Drafts.status("{'a':1,'st\\u0061te':null}"),
                Drafts.status("{'\\u0061ttempt':0}"),
                Drafts.status("[1]"),
                Drafts.status("null"),
                Drafts.error("'text'"),
                Drafts.error("[]"),
                Drafts.error("{'code':'worker-lost'}"),
                Drafts.error("{'code':'mine','code':'worker-lost'}"),
                Drafts.error("{'code':'worker-lost','code':'mine'}"),
                Drafts.error("{'c\\u006Fde':'worker\\u002dlost'}"),
                Drafts.error("{'code':'cancelled'}"),
                Drafts.error("{'code':'canc\\u0065lled'}"),
                Drafts.error("{'code':1,'code':'cancelled'}"))) {
            MachineBench bench = MachineBench.external();
            AppendResult.Refused refused = bench.refused(Drafts.batch(draft));
            assertThat(refused.refusal()).isInstanceOf(AppendResult.Refusal.Invalid.class);
            assertThat(refused.index()).isZero();
            assertThat(bench.run.lastSeq()).isEqualTo(1);
        }
    }

    @Test
    void takesWhatOnlyLooksLikeThem() {
        for (EventDraft draft : List.of(
                Drafts.status("{'State':1,'inner':{'state':1,'attempt':2}}"),
                Drafts.delta("{'state':1,'attempt':2,'code':'worker-lost'}"),
                Drafts.partial("{'state':1}"),
                Drafts.error("{'inner':{'code':'worker-lost'}}"),
                Drafts.error("{'code':'Worker-Lost'}"),
                Drafts.error("{'code':['worker-lost']}"),
                Drafts.error("{'message':'cancelled'}"),
                Drafts.complete("{'code':'cancelled'}"))) {
            assertThat(MachineBench.external().append(draft)).isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void refusesWhatIsTooLargeWithBothSizes() {
        MachineBench bench = MachineBench.external();
        assertThat(bench.refused(Drafts.batch(Drafts.sized(Drafts.MAX_EVENT_BYTES + 1)))
                        .refusal())
                .isEqualTo(new AppendResult.Refusal.TooLarge(Drafts.MAX_EVENT_BYTES + 1, Drafts.MAX_EVENT_BYTES));
        assertThat(bench.append(Drafts.sized(Drafts.MAX_EVENT_BYTES))).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void refusesEverythingAfterTheEndBeforeLookingAtIt() {
        MachineBench bench = MachineBench.external();
        bench.append(Drafts.complete("1"));
        for (EventDraft draft : List.of(
                Drafts.delta(1),
                Drafts.status("{'state':1}"),
                Drafts.sized(Drafts.MAX_EVENT_BYTES + 1),
                Drafts.complete("2"),
                Drafts.error("{}"))) {
            assertThat(bench.refused(Drafts.batch(draft)).refusal()).isEqualTo(new AppendResult.Refusal.Ended());
        }
        assertThat(bench.refused(Drafts.batch()).refusal()).isEqualTo(new AppendResult.Refusal.Ended());
    }

    @Test
    void refusesWhatFollowsTheEndInTheSameBatch() {
        MachineBench bench = MachineBench.external();
        AppendResult.Refused refused = bench.refused(Drafts.batch(Drafts.complete("1"), Drafts.delta(2)));

        assertThat(refused.refusal()).isEqualTo(new AppendResult.Refusal.Ended());
        assertThat(refused.index()).isEqualTo(1);
        assertThat(refused.state()).isEqualTo(RunState.COMPLETED);
        assertThat(refused.lastEventId().seq()).isEqualTo(2);
    }

    @Test
    void keepsTheWorkersMessageButNotItsCodeUnderACancel() {
        MachineBench bench = MachineBench.external();
        bench.cancel();
        bench.append(Drafts.error("{'code':'a','message':'m','c\\u006fde':'b','retriable':true,'code':'c'}"));
        assertThat(bench.last()).isEqualTo("error {'message':'m','retriable':true,'code':'cancelled'}");

        MachineBench bare = MachineBench.external();
        bare.cancel();
        bare.append(Drafts.error("{'code':'cancelled'}"));
        assertThat(bare.last()).isEqualTo("error {'code':'cancelled','retriable':false}");
        assertThat(bare.run.state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void keepsTheResultOfACancelledRunAsAPartial() {
        MachineBench bench = MachineBench.external();
        bench.cancel();
        AppendResult result = bench.append(Drafts.complete("{'a':1.0}"));

        assertThat(bench.events.get(2).type()).isEqualTo(EventType.PARTIAL);
        assertThat(bench.events.get(2).data()).hasToString("{\"a\":1.0}");
        assertThat(bench.last()).startsWith("error {'message':").contains("'code':'cancelled'");
        assertThat(((AppendResult.Appended) result).cancelRequested()).isTrue();
        assertThat(bench.run.state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void tellsACancelOnce() {
        MachineBench bench = MachineBench.external();
        bench.now += 5;
        bench.cancel();
        long asked = bench.now;
        bench.now += 5;
        bench.cancel();

        assertThat(bench.last()).isEqualTo("status {'state':'cancelling','at':'2025-11-22T20:00:00.005Z'}");
        assertThat(bench.run.stop()).isEqualTo(new Stop(Stop.Reason.CANCEL, asked));
        assertThat(bench.events).hasSize(2);
    }

    @Test
    void endsAWaitingRunAtOnceWhenItIsCancelled() {
        MachineBench queued = MachineBench.queued(1);
        assertThat(queued.cancel()).isEqualTo(RunState.CANCELLED);
        assertThat(queued.all()).hasSize(3);
        assertThat(queued.all().get(1)).startsWith("status {'state':'cancelling'");
        assertThat(queued.last()).contains("'code':'cancelled'");
        assertThat(queued.begin()).isFalse();

        MachineBench retrying = MachineBench.running(2);
        retrying.lose();
        assertThat(retrying.cancel()).isEqualTo(RunState.CANCELLED);
        assertThat(retrying.begin()).isFalse();
    }

    @Test
    void endsARetryingRunThatTookTooLong() {
        MachineBench bench = new MachineBench(AskedRun.ofAgent("r", "counting", MachineBench.CREATED)
                .attempts(2)
                .timeout(Duration.ofMillis(LIMIT_MILLIS)));
        bench.now += 7;
        bench.begin();
        bench.lose();
        bench.now += LIMIT_MILLIS - 1;
        assertThat(bench.tick()).isEqualTo(RunState.RETRYING);
        bench.now++;
        assertThat(bench.tick()).isEqualTo(RunState.FAILED);
        assertThat(bench.last())
                .isEqualTo("error {'message':'the run took longer than 100 s','code':'timeout','retriable':false}");
    }

    @Test
    void hasNoTimeLimitBeforeItHasStarted() {
        MachineBench bench = new MachineBench(
                AskedRun.ofAgent("r", "counting", MachineBench.CREATED).timeout(Duration.ofMillis(1)));
        assertThat(bench.machine.nextDueMillis(bench.run, bench.since())).isEqualTo(Long.MAX_VALUE);
        bench.now += 1_000_000;
        assertThat(bench.tick()).isEqualTo(RunState.QUEUED);
    }

    @Test
    void takesAnEndlessTimeLimit() {
        MachineBench bench = new MachineBench(
                AskedRun.external("r", MachineBench.CREATED).timeout(Duration.ofMillis(Long.MAX_VALUE)));
        bench.now += 1_000_000;
        assertThat(bench.tick()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void lastReadersChangeNothingOnceARunIsToStop() {
        MachineBench bench =
                new MachineBench(AskedRun.external("r", MachineBench.CREATED).cancelOnDisconnect());
        assertThat(bench.lastReaderIsGone()).isEqualTo(RunState.CANCELLING);
        assertThat(bench.run.stop().reason()).isEqualTo(Stop.Reason.CANCEL);
        int events = bench.events.size();
        assertThat(bench.lastReaderIsGone()).isEqualTo(RunState.CANCELLING);
        assertThat(bench.events).hasSize(events);
    }

    @Test
    void notesItsFirstReaderOnceAndNoneAfterTheEnd() {
        MachineBench bench = MachineBench.external();
        bench.take(bench.machine.readerCame(bench.run));
        assertThat(bench.run.readerCame()).isTrue();
        RunRecord before = bench.run;
        bench.take(bench.machine.readerCame(bench.run));
        assertThat(bench.run).isSameAs(before);

        MachineBench ended = MachineBench.external();
        ended.append(Drafts.complete("1"));
        ended.take(ended.machine.readerCame(ended.run));
        assertThat(ended.run.readerCame()).isFalse();
    }

    @Test
    void hasSomethingToDoWheneverItSaysSo() {
        for (List<Step> order : Step.ordersOf(4)) {
            MachineBench bench = Step.bench();
            for (Step step : order) {
                step.happen(bench);
                for (RunMachine.Since due : List.of(bench.since(), bench.sinceHeardOf(), bench.sinceAlone())) {
                    boolean isDue = bench.machine.nextDueMillis(bench.run, due) <= bench.now;
                    boolean does = !bench.machine
                            .tick(bench.run, due, bench.now, bench.now)
                            .events()
                            .isEmpty();
                    assertThat(does).as("%s %s", order, due).isEqualTo(isDue);
                }
            }
        }
    }

    /** What can happen to a run at work. */
    private enum Step {
        COMPLETE,
        FAIL,
        CANCEL,
        LOSE,
        BEGIN,
        LEASE,
        TIME_LIMIT,
        GRACE,
        DISCONNECT,
        DELTA;

        void happen(MachineBench bench) {
            switch (this) {
                case COMPLETE -> bench.append(Drafts.complete("{'made':1}"));
                case FAIL -> bench.append(Drafts.error("{'message':'m'}"));
                case CANCEL -> bench.cancel();
                case LOSE -> bench.lose();
                case BEGIN -> bench.begin();
                case LEASE -> bench.leaseRunsOut();
                case TIME_LIMIT -> {
                    bench.now = Math.max(bench.now, MachineBench.CREATED + LIMIT_MILLIS);
                    bench.tick();
                }
                case GRACE -> {
                    bench.now += MachineBench.SETTINGS.cancelGrace().toMillis();
                    bench.tick();
                }
                case DISCONNECT -> bench.lastReaderIsGone();
                case DELTA -> bench.append(Drafts.delta(1));
            }
        }

        static MachineBench bench() {
            MachineBench bench = new MachineBench(AskedRun.ofAgent("r", "counting", MachineBench.CREATED)
                    .attempts(2)
                    .cancelOnDisconnect()
                    .lease(Duration.ofSeconds(60))
                    .timeout(Duration.ofMillis(LIMIT_MILLIS)));
            bench.begin();
            return bench;
        }

        /** All orders of so many steps, repeats included. */
        static List<List<Step>> ordersOf(int length) {
            List<List<Step>> orders = List.of(List.of());
            for (int i = 0; i < length; i++) {
                List<List<Step>> longer = new ArrayList<>();
                for (List<Step> order : orders) {
                    for (Step step : values()) {
                        List<Step> next = new ArrayList<>(order);
                        next.add(step);
                        longer.add(next);
                    }
                }
                orders = longer;
            }
            return orders;
        }
    }

    /** 10^5 orders; {@link MachineBench#take} checks the end being one, last and final at each step. */
    @Test
    void keepsItsRulesInEveryOrderOfEvents() {
        for (List<Step> order : Step.ordersOf(5)) {
            MachineBench bench = Step.bench();
            Stop first = Stop.NONE;
            for (Step step : order) {
                RunState before = bench.run.state();
                step.happen(bench);
                RunState after = bench.run.state();
                assertThat(isAllowed(before, after))
                        .as("%s: %s to %s", order, before, after)
                        .isTrue();
                if (!first.isRequested()) {
                    first = bench.run.stop();
                }
                assertThat(bench.run.stop()).as(order.toString()).isEqualTo(first);
            }
            checkEnd(bench, order);
        }
    }

    private static boolean isAllowed(RunState before, RunState after) {
        return before == after
                || switch (before) {
                    case QUEUED, RETRYING -> true;
                    case RUNNING -> after != RunState.QUEUED;
                    case CANCELLING -> after.isEnd();
                    case COMPLETED, FAILED, CANCELLED -> false;
                };
    }

    private static void checkEnd(MachineBench bench, List<Step> order) {
        if (!bench.run.isEnded()) {
            return;
        }
        String end = bench.last();
        switch (bench.run.stop().reason()) {
            case NONE -> {
                assertThat(bench.run.state()).as(order.toString()).isNotEqualTo(RunState.CANCELLED);
                assertThat(end).doesNotContain("'code':'cancelled'").doesNotContain("'code':'timeout'");
            }
            case CANCEL -> {
                assertThat(bench.run.state()).as(order.toString()).isEqualTo(RunState.CANCELLED);
                assertThat(end).contains("'code':'cancelled'");
            }
            case TIMEOUT -> {
                assertThat(bench.run.state()).as(order.toString()).isEqualTo(RunState.FAILED);
                assertThat(end).contains("'code':'timeout'");
            }
        }
        assertThat(bench.count(EventType.COMPLETE)).isEqualTo(bench.run.state() == RunState.COMPLETED ? 1 : 0);
    }
}
