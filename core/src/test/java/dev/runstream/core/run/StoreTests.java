package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The words in which the parts of {@link RunStoreContract} are written. */
interface StoreTests {
    StoreBench bench();

    default RunStore store() {
        return bench().store();
    }

    default AskedRun external(String runId) {
        return AskedRun.external(runId, bench().clock.millis());
    }

    default AskedRun ofAgent(String runId) {
        return AskedRun.ofAgent(runId, "counting", bench().clock.millis());
    }

    default CreateResult create(AskedRun asked) {
        return Stages.await(store().create(asked.build()));
    }

    default Run start(AskedRun asked) {
        return StoreTests.assertThatIs(CreateResult.Created.class, create(asked))
                .run();
    }

    default Run startExternal(String runId) {
        return start(external(runId));
    }

    default AppendResult tryAppend(String runId, AppendBatch batch) {
        return Stages.await(store().append(runId, batch));
    }

    default AppendResult.Appended append(String runId, EventDraft... drafts) {
        return StoreTests.assertThatIs(AppendResult.Appended.class, tryAppend(runId, Drafts.batch(drafts)));
    }

    default AppendResult.Refused refused(String runId, AppendBatch batch) {
        return StoreTests.assertThatIs(AppendResult.Refused.class, tryAppend(runId, batch));
    }

    default RunState cancel(String runId) {
        return Stages.await(store().requestCancel(runId)).orElseThrow();
    }

    default RunRecord begin(String runId) {
        return Stages.await(store().beginAttempt(runId)).orElseThrow();
    }

    default Optional<Run> find(String runId) {
        return Stages.await(store().find(runId));
    }

    default RunState stateOf(String runId) {
        return find(runId).orElseThrow().record().state();
    }

    default LogReader reader(String runId) {
        return reader(runId, 0);
    }

    default LogReader reader(String runId, long afterSeq) {
        FollowedRun followed = Stages.await(store().follow(runId)).orElseThrow();
        return bench().closing(new LogReader(followed, afterSeq, 4096));
    }

    /** All that is held of a run's log now. */
    default List<SeenEvent> eventsOf(String runId) {
        try (LogReader reader =
                new LogReader(Stages.await(store().follow(runId)).orElseThrow())) {
            return List.copyOf(reader.drain());
        }
    }

    /** The end of a run, once it is there. */
    default SeenEvent awaitEnd(String runId) {
        try (LogReader reader =
                new LogReader(Stages.await(store().follow(runId)).orElseThrow())) {
            return reader.readToEnd().getLast();
        }
    }

    /** Lets time pass, and everything that is due happen. */
    default void pass(Duration time) {
        bench().timers.advance(time);
    }

    /** Waits until a store has done what it had begun on a run that no worker of ours may take now. */
    default RunState settled(String runId) {
        assertThat(Stages.await(store().beginAttempt(runId))).isEmpty();
        return stateOf(runId);
    }

    /** Lets time pass for an external run, whose worker gives signs of life. */
    default void passHeardOf(String runId, Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minusSeconds(10)) {
            pass(left.toSeconds() < 10 ? left : Duration.ofSeconds(10));
            tryAppend(runId, Drafts.batch());
        }
    }

    /** Waits for a run to be deleted, while time goes on: a store may take its time to look. */
    default void awaitGone(String runId) {
        Stages.eventually(runId + " is gone", () -> {
            pass(Duration.ofSeconds(1));
            return find(runId).isEmpty();
        });
    }

    default void assertEndsIn(String runId, RunState state, String code) {
        SeenEvent end = awaitEnd(runId);
        assertThat(end.type()).isEqualTo(EventType.ERROR);
        assertThat(end.member("code")).isEqualTo('"' + code + '"');
        assertThat(stateOf(runId)).isEqualTo(state);
    }

    static <T> T assertThatIs(Class<T> type, Object value) {
        assertThat(value).isInstanceOf(type);
        return type.cast(value);
    }
}
