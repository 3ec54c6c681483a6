package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How long any store keeps runs, and how much of them. */
interface KeepingContract extends StoreTests {
    Duration A_LITTLE = Duration.ofSeconds(3);

    private RunSettings retaining(Duration retainEnded) {
        RunSettings usual = StoreBench.SETTINGS;
        return new RunSettings(
                usual.maxEventBytes(),
                usual.runBufferBytes(),
                usual.maxOpenRuns(),
                usual.lease(),
                usual.cancelGrace(),
                usual.disconnectGrace(),
                usual.maxRunTime(),
                retainEnded);
    }

    @Test
    default void deletesAnEndedRunWhenItsTimeIsOver() {
        bench().reopen(retaining(Duration.ofMinutes(10)));
        start(external("r").key("k"));
        append("r", Drafts.complete("1"));
        start(ofAgent("open"));
        pass(Duration.ofMinutes(10).minus(A_LITTLE));
        assertThat(find("r")).isPresent();

        pass(A_LITTLE.plus(A_LITTLE));
        awaitGone("r");
        assertThat(tryAppend("r", Drafts.batch())).isInstanceOf(AppendResult.UnknownRun.class);
        assertThat(Stages.await(store().follow("r"))).isEmpty();
        assertThat(Stages.await(store().findInput("r"))).isEmpty();
        assertThat(find("open")).isPresent();
    }

    @Test
    default void letsANameAndAKeyBeUsedAgainAfterThat() {
        bench().reopen(retaining(Duration.ofMinutes(10)));
        start(external("r").key("k"));
        append("r", Drafts.complete("1"));
        pass(Duration.ofMinutes(10).plus(A_LITTLE));
        awaitGone("r");

        Run again = start(external("r").key("k").fingerprint("other"));
        assertThat(again.record().epoch()).isEqualTo(bench().clock.millis());
        append("r", Drafts.delta(1));
        assertThat(eventsOf("r")).hasSize(2);
    }

    @Test
    default void keepsARunThatIsBeingRead() {
        bench().reopen(retaining(Duration.ofMinutes(10)));
        startExternal("r");
        append("r", Drafts.deltas(0, 5));
        append("r", Drafts.complete("1"));
        LogReader reader = reader("r");
        pass(Duration.ofMinutes(20));
        assertThat(reader.drain()).hasSize(7);
        assertThat(find("r")).isPresent();

        reader.followed().close();
        pass(A_LITTLE);
        awaitGone("r");
    }

    @Test
    default void countsTheRetentionFromTheEnd() {
        bench().reopen(retaining(Duration.ofMinutes(10)));
        start(ofAgent("r"));
        begin("r");
        pass(Duration.ofHours(2));
        append("r", Drafts.complete("1"));
        pass(Duration.ofMinutes(9));
        assertThat(find("r")).isPresent();
    }

    @Test
    default void neverShowsARunHalfGone() {
        bench().reopen(retaining(Duration.ofSeconds(1)));
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            String runId = "r" + random.nextInt(3);
            StoreTests.assertThatIs(CreateResult.class, create(external(runId)));
            append(runId, Drafts.deltas(0, 3));
            append(runId, Drafts.complete("1"));
            List<CompletableFuture<Void>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(CompletableFuture.runAsync(
                        () -> readWholeOrNotAtAll(runId),
                        task -> Thread.ofPlatform().start(task)));
            }
            pass(A_LITTLE);
            readers.forEach(Stages::await);
            pass(A_LITTLE);
            awaitGone(runId);
        }
    }

    private void readWholeOrNotAtAll(String runId) {
        for (int i = 0; i < 20; i++) {
            Optional<FollowedRun> followed = Stages.await(store().follow(runId));
            if (followed.isPresent()) {
                try (LogReader reader = new LogReader(followed.get())) {
                    assertThat(reader.drain()).hasSize(5);
                    assertThat(reader.gaps()).isEmpty();
                }
            }
        }
    }

    @Test
    default void holdsOneEventEvenIfItAloneIsMost() {
        startExternal("r");
        append("r", Drafts.sized(Drafts.MAX_EVENT_BYTES), Drafts.sized(Drafts.MAX_EVENT_BYTES));
        append("r", Drafts.sized(Drafts.MAX_EVENT_BYTES), Drafts.sized(Drafts.MAX_EVENT_BYTES));

        LogReader reader = reader("r");
        assertThat(reader.drain()).hasSize(4);
        assertThat(find("r").orElseThrow().bufferedBytes()).isEqualTo(StoreBench.SETTINGS.runBufferBytes());
        assertThat(reader.gaps()).hasSize(1);
    }

    @Test
    default void givesTheMemoryBackOfRunsThatCameAndWent() {
        bench().reopen(retaining(Duration.ofMinutes(1)));
        long before = bench().budget().usedBytes();
        for (int i = 0; i < 300; i++) {
            start(external("r" + i).key("k" + i));
            append("r" + i, Drafts.deltas(0, 20));
            append("r" + i, Drafts.partial("'p'"), Drafts.complete("1"));
        }
        pass(Duration.ofMinutes(1).plus(A_LITTLE));

        awaitGone("r299");
        Stages.eventually("all memory is back", () -> bench().budget().usedBytes() == before);
        assertThat(bench().slabs.liveSlabs()).isZero();
    }
}
