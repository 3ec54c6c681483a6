package dev.runstream.store.redis;

import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.Producers;
import dev.runstream.core.run.RunRecord;
import dev.runstream.store.redis.CommitLine.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What some changes of a run come to, decided one after the other on what is known of it, and what that rests on. Nobody is
 * told before {@link #settle}.
 */
final class Proposal {
    private final RunRecord before;
    private final long nowMillis;
    private final List<Change<?>> changes;
    private final List<NewEvent> events = new ArrayList<>();
    private final List<Runnable> outcomes = new ArrayList<>();
    /** Whose numbers were looked at. */
    private final Set<String> producers = new HashSet<>();

    private RunRecord after;

    Proposal(RunRecord before, long nowMillis, List<Change<?>> changes) {
        this.before = before;
        this.nowMillis = nowMillis;
        this.changes = changes;
        after = before;
        changes.forEach(change -> change.producer().ifPresent(producers::add));
        changes.forEach(this::decide);
    }

    private <O> void decide(Change<O> change) {
        try {
            Decision<O> decision = change.step().decide(after, nowMillis);
            after = decision.record();
            events.addAll(decision.events());
            outcomes.add(() -> change.outcome().complete(Optional.of(decision.outcome())));
        } catch (RuntimeException fault) {
            outcomes.add(() -> change.outcome().completeExceptionally(fault));
        }
    }

    /** The same where others have added events to the log meanwhile, which changes no decision but the events' numbers. */
    Proposal onto(long lastSeq, long bytes) {
        return before.lastSeq() == lastSeq && before.bytes() == bytes
                ? this
                : new Proposal(RunHash.changed(before, Map.of(), lastSeq, bytes), nowMillis, changes);
    }

    RunRecord before() {
        return before;
    }

    RunRecord after() {
        return after;
    }

    List<NewEvent> events() {
        return events;
    }

    boolean isChange() {
        return !before.equals(after);
    }

    boolean ends() {
        return after.isEnded() && !before.isEnded();
    }

    /** Whether the state moves, by which decisions elsewhere become stale. */
    boolean moves() {
        return !RunHash.changes(before, after).isEmpty();
    }

    /** The fields of the run's hash to be written, of a run that moves under its next revision. */
    Map<String, String> fields(long nextRevision) {
        Map<String, String> fields = new HashMap<>(RunHash.changes(before, after));
        if (!fields.isEmpty()) {
            fields.put("rev", Long.toString(nextRevision));
        }
        fields.putAll(RunHash.changes(before.producers(), after.producers()));
        boolean begins = before.state().isWaiting() && !after.state().isWaiting();
        if (begins || changes.stream().anyMatch(Change::isSignOfLife)) {
            fields.put("heard", Long.toString(nowMillis));
        }
        return fields;
    }

    /**
     * The numbers of producers that were decided by: those that change, and those by which something was refused, since what
     * is told of commits elsewhere does not tell them.
     */
    Map<String, String> expectedProducers() {
        after.producers().next().forEach((id, next) -> {
            if (!next.equals(before.producers().next().get(id))) {
                producers.add(id);
            }
        });
        Map<String, String> expected = new HashMap<>();
        producers.forEach(id -> {
            Producers.Next known = before.producers().next().get(id);
            expected.put(RunHash.producerField(id), known == null ? "" : RunHash.producerValue(known));
        });
        return expected;
    }

    /** Tells everybody who asked for a change what became of it. */
    void settle() {
        outcomes.forEach(Runnable::run);
    }
}
