package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How runs begin in any store. */
interface StartingContract extends StoreTests {
    @Test
    default void startsAnExternalRunAsRunning() {
        Run run = startExternal("r");

        assertThat(run.record().state()).isEqualTo(RunState.RUNNING);
        assertThat(run.record().attempt()).isEqualTo(1);
        assertThat(run.record().startedAtMillis()).isEqualTo(bench().clock.millis());
        assertThat(run.record().epoch()).isEqualTo(bench().clock.millis());
        assertThat(run.firstSeq()).isEqualTo(1);
        assertThat(eventsOf("r")).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(EventType.STATUS);
            assertThat(event.member("state")).isEqualTo("\"running\"");
        });
    }

    @Test
    default void startsARunOfAnAgentAsQueued() {
        Run run = start(ofAgent("r"));

        assertThat(run.record().state()).isEqualTo(RunState.QUEUED);
        assertThat(run.record().startedAtMillis()).isZero();
        assertThat(eventsOf("r"))
                .singleElement()
                .satisfies(event -> assertThat(event.member("state")).isEqualTo("\"queued\""));
    }

    @Test
    default void findsARunAfterItWasCreated() {
        startExternal("r");

        assertThat(find("r").orElseThrow().record().runId()).isEqualTo("r");
        assertThat(find("other")).isEmpty();
    }

    @Test
    default void keepsTheInput() {
        start(external("r").input(Json.json("{'a':[1,2.50,'\\u00e9'],'a':null}")));

        assertThat(Stages.await(store().findInput("r")).orElseThrow())
                .hasToString("{\"a\":[1,2.50,\"\\u00e9\"],\"a\":null}");
        assertThat(Stages.await(store().findInput("other"))).isEmpty();
    }

    @Test
    default void answersAnEqualRequestOfTheSameNameWithTheRunThatIsThere() {
        startExternal("r");
        append("r", Drafts.delta(1));

        Run there = StoreTests.assertThatIs(CreateResult.Existing.class, create(external("r")))
                .run();

        assertThat(there.record().lastSeq()).isEqualTo(2);
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void refusesAnotherRequestOfTheSameName() {
        startExternal("r");

        assertThat(create(external("r").fingerprint("other"))).isEqualTo(new CreateResult.Conflict("r", false));
    }

    @Test
    default void answersAnEqualRequestUnderTheSameKeyWithTheRunThatIsThere() {
        start(external("first").key("k"));

        Run there = StoreTests.assertThatIs(
                        CreateResult.Existing.class, create(external("second").key("k")))
                .run();

        assertThat(there.record().runId()).isEqualTo("first");
        assertThat(find("second")).isEmpty();
    }

    @Test
    default void refusesAnotherRequestUnderTheSameKey() {
        start(external("first").key("k"));

        assertThat(create(external("second").key("k").fingerprint("other")))
                .isEqualTo(new CreateResult.Conflict("first", true));
    }

    @Test
    default void startsManyRunsWithoutAKey() {
        startExternal("a");
        startExternal("b");

        assertThat(find("a")).isPresent();
        assertThat(find("b")).isPresent();
    }

    @Test
    default void answersAnEqualRequestAfterTheEnd() {
        start(external("r").key("k"));
        append("r", Drafts.complete("1"));

        Run there = StoreTests.assertThatIs(
                        CreateResult.Existing.class, create(external("r").key("k")))
                .run();

        assertThat(there.record().state()).isEqualTo(RunState.COMPLETED);
        assertThat(there.record().lastSeq()).isEqualTo(2);
        assertThat(there.firstSeq()).isEqualTo(1);
        assertThat(there.bufferedBytes()).isEqualTo(there.record().bytes());
    }

    @Test
    default void createsOneRunOfManyEqualRequestsAtOnce() {
        List<CompletionStage<CreateResult>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(store().create(external("r" + i).key("k").build()));
        }
        List<CreateResult> results = asked.stream().map(Stages::await).toList();

        assertThat(results).filteredOn(CreateResult.Created.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(CreateResult.Existing.class::isInstance).hasSize(49);
        assertThat(store().gauges().openRuns())
                .containsOnlyKeys(RunState.RUNNING)
                .containsValue(1);
    }

    @Test
    default void holdsNoMoreOpenRunsThanAllowed() {
        RunSettings usual = StoreBench.SETTINGS;
        bench().reopen(new RunSettings(
                usual.maxEventBytes(),
                usual.runBufferBytes(),
                3,
                usual.lease(),
                usual.cancelGrace(),
                usual.disconnectGrace(),
                usual.maxRunTime(),
                usual.retainEnded()));
        startExternal("a");
        start(ofAgent("b"));
        startExternal("c");

        assertThat(create(external("d"))).isInstanceOf(CreateResult.Overloaded.class);
        assertThat(find("d")).isEmpty();
        assertThat(create(external("a"))).isInstanceOf(CreateResult.Existing.class);

        append("c", Drafts.complete("1"));
        startExternal("d");
        assertThat(create(external("e"))).isInstanceOf(CreateResult.Overloaded.class);
    }

    @Test
    default void tellsWhichRunsOfAgentsHaveNotEnded() {
        start(ofAgent("old"));
        pass(Duration.ofSeconds(1));
        startExternal("elsewhere");
        start(ofAgent("done"));
        start(ofAgent("new"));
        begin("new");
        assertThat(cancel("done")).isEqualTo(RunState.CANCELLED);

        assertThat(Stages.await(store().unfinished()))
                .extracting(RunRecord::runId)
                .containsExactly("old", "new");
    }

    @Test
    default void isHealthy() {
        assertThat(store().health()).isEqualTo(StoreHealth.READY);
    }

    @Test
    default void givesFirstEventsThatAreReadTheSameByEverybody() {
        startExternal("r");

        List<SeenEvent> once = eventsOf("r");
        assertThat(eventsOf("r")).isEqualTo(once);
    }
}
