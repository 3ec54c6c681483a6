package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.log.NewEvent;
import java.util.ArrayList;
import java.util.List;

/** One run under the machine's rules, with the log of all that was decided. */
final class MachineBench {
    static final long CREATED = 1_763_841_600_000L;
    private static final long NEVER = Long.MAX_VALUE;
    static final RunSettings SETTINGS = RunSettings.defaults();

    final RunMachine machine = new RunMachine(SETTINGS);
    final List<NewEvent> events = new ArrayList<>();
    RunRecord run;
    long now = CREATED;

    MachineBench(AskedRun asked) {
        Decision<RunRecord> first = machine.create(asked.spec(), CREATED);
        events.addAll(first.events());
        run = first.record();
    }

    static MachineBench external() {
        return new MachineBench(AskedRun.external("r", CREATED));
    }

    static MachineBench queued(int attempts) {
        return new MachineBench(AskedRun.ofAgent("r", "counting", CREATED).attempts(attempts));
    }

    static MachineBench running(int attempts) {
        MachineBench bench = queued(attempts);
        bench.begin();
        return bench;
    }

    /** Notes a decision, and checks what holds for each: events and record tell the same. */
    <O> O take(Decision<O> decision) {
        RunRecord before = run;
        RunRecord after = decision.record();
        assertThat(after.lastSeq())
                .isEqualTo(before.lastSeq() + decision.events().size());
        assertThat(after.bytes())
                .isEqualTo(before.bytes()
                        + decision.events().stream()
                                .mapToLong(event -> event.data().length())
                                .sum());
        if (before.isEnded()) {
            assertThat(after).isEqualTo(before);
            assertThat(decision.events()).isEmpty();
        }
        long terminal = decision.events().stream()
                .filter(event -> event.type().isTerminal())
                .count();
        boolean ends = after.isEnded() && !before.isEnded();
        assertThat(terminal).isEqualTo(ends ? 1 : 0);
        if (ends) {
            assertThat(decision.events().getLast().type().isTerminal()).isTrue();
            assertThat(after.endedAtMillis()).isEqualTo(now);
        }
        events.addAll(decision.events());
        run = after;
        return decision.outcome();
    }

    AppendResult append(EventDraft... drafts) {
        return append(Drafts.batch(drafts));
    }

    AppendResult append(AppendBatch batch) {
        return take(machine.append(run, batch, now));
    }

    AppendResult.Refused refused(AppendBatch batch) {
        return StoreTests.assertThatIs(AppendResult.Refused.class, append(batch));
    }

    RunState cancel() {
        return take(machine.requestCancel(run, now));
    }

    boolean begin() {
        return take(machine.beginAttempt(run, now)).isPresent();
    }

    RunState lose() {
        return lose(run.attempt());
    }

    RunState lose(int attempt) {
        return take(machine.loseWorker(run, attempt, "the worker is gone", now));
    }

    /** Everybody is there: only what the record tells may be due. Both clocks are one here. */
    RunMachine.Since since() {
        return since(NEVER, NEVER);
    }

    private RunMachine.Since since(long heardOfMillis, long aloneMillis) {
        return new RunMachine.Since(run.startedAtMillis(), run.stop().atMillis(), heardOfMillis, aloneMillis);
    }

    /** The lease has run out by now, if there is one. */
    RunMachine.Since sinceHeardOf() {
        return since(now - run.spec().leaseMillis(), NEVER);
    }

    /** The last reader has been gone for the grace by now. */
    RunMachine.Since sinceAlone() {
        return since(NEVER, now - SETTINGS.disconnectGrace().toMillis());
    }

    RunState tick(RunMachine.Since since) {
        return take(machine.tick(run, since, now, now));
    }

    RunState tick() {
        return tick(since());
    }

    RunState leaseRunsOut() {
        return tick(sinceHeardOf());
    }

    RunState lastReaderIsGone() {
        return tick(sinceAlone());
    }

    /** {@code type data} of the last event. */
    String last() {
        return told(events.getLast());
    }

    List<String> all() {
        return events.stream().map(MachineBench::told).toList();
    }

    private static String told(NewEvent event) {
        return event.type().wireName() + " " + event.data().toString().replace('"', '\'');
    }

    long count(EventType type) {
        return events.stream().filter(event -> event.type() == type).count();
    }
}
