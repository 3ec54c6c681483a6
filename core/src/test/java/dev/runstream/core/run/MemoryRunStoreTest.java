package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.log.EventType;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class MemoryRunStoreTest extends RunStoreContract {
    private static final long MEBIBYTE = 1024 * 1024;

    @Override
    protected RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers) {
        return MemoryRunStore.open(settings, budget, clock, timers, RunObserver.NONE);
    }

    private void fill(String runId, int bytes) {
        for (int sent = 0; sent < bytes; sent += 5_000) {
            append(runId, Drafts.sized(5_000));
        }
    }

    private void startAndEnd(String runId, int bytes) {
        startExternal(runId);
        fill(runId, bytes);
        append(runId, Drafts.complete("'end of " + runId + "'"));
    }

    private List<SeenEvent> heldOf(String runId) {
        return reader(runId).drain();
    }

    @Test
    void givesUpTheEventsOfEndedRunsOldestFirstAndKeepsTheirEnds() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE);
        for (int i = 0; i < 8; i++) {
            startAndEnd("r" + i, 200_000);
        }
        List<Integer> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            assertThat(Stages.await(store().findEnd("r" + i)).orElseThrow()).hasToString("\"end of r" + i + "\"");
            held.add(find("r" + i).orElseThrow().bufferedBytes() < 100 ? 0 : 1);
        }
        assertThat(held).isSorted().startsWith(0, 0, 0).endsWith(1, 1, 1);
        assertThat(bench().budget().usedBytes()).isLessThanOrEqualTo(MEBIBYTE);
    }

    @Test
    void forgetsEndedRunsOldestFirstWhenTheirEventsAreGone() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE);
        int runs = 1500;
        for (int i = 0; i < runs; i++) {
            start(external("r" + i).key("k" + i).input(Json.ofSize(500, i)));
            append("r" + i, Drafts.complete("1"));
        }
        List<Integer> there = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            there.add(find("r" + i).isPresent() ? 1 : 0);
        }
        assertThat(there).isSorted().contains(0, 1);
        assertThat(create(external("r0").key("k0").fingerprint("other"))).isInstanceOf(CreateResult.Created.class);
        assertThat(bench().budget().usedBytes()).isLessThanOrEqualTo(MEBIBYTE + 10_000);
    }

    @Test
    void touchesNoRunThatIsBeingRead() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE);
        startAndEnd("read", 200_000);
        LogReader reader = reader("read");
        for (int i = 0; i < 10; i++) {
            startAndEnd("r" + i, 200_000);
        }
        assertThat(reader.drain()).hasSize(42);
        assertThat(reader.gaps()).isEmpty();
    }

    @Test
    void shortensAnOpenRunThatGrowsWhereNothingElseCanGo() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE / 2);
        startExternal("r");
        append("r", Drafts.partial("'kept'"));
        fill("r", 900_000);

        LogReader reader = reader("r");
        List<SeenEvent> seen = reader.drain();
        assertThat(seen.getFirst().data()).isEqualTo("\"kept\"");
        assertThat(reader.gaps()).isNotEmpty();
        assertThat(seen.getLast().seq())
                .isEqualTo(find("r").orElseThrow().record().lastSeq());
        assertThat(bench().budget().usedBytes()).isLessThanOrEqualTo(MEBIBYTE / 2);
    }

    @Test
    void takesRoomForASmallRunFromTheLargestOfTheOpenOnes() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE);
        startExternal("small");
        append("small", Drafts.delta("'first'"));
        for (int i = 0; i < 3; i++) {
            startExternal("large" + i);
        }
        for (int i = 0; i < 3; i++) {
            fill("large" + i, 1_000_000);
        }
        for (int i = 0; i < 20; i++) {
            append("small", Drafts.sized(4_000));
        }
        append("small", Drafts.complete("'end'"));
        assertThat(heldOf("small")).hasSize(23);
        for (int i = 0; i < 3; i++) {
            assertThat(find("large" + i).orElseThrow().bufferedBytes()).isGreaterThan(50_000);
        }
        assertThat(bench().budget().usedBytes()).isLessThanOrEqualTo(MEBIBYTE);
    }

    @Test
    void alwaysTakesAnEnd() {
        fillWithOpenRuns();
        assertThat(refused("small", Drafts.batch(Drafts.sized(50_000))).refusal())
                .isEqualTo(new AppendResult.Refusal.NoRoom());
        append("small", Drafts.of(EventType.COMPLETE, "'" + "x".repeat(50_000) + "'"));
        assertThat(stateOf("small")).isEqualTo(RunState.COMPLETED);
    }

    private void fillWithOpenRuns() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE / 2);
        startExternal("small");
        assertThat(tryAppend("small", Drafts.numbered("p", 1, 0, Drafts.delta(0))))
                .isInstanceOf(AppendResult.Appended.class);
        for (int i = 0; bench().budget().usedBytes() < MEBIBYTE / 2 - 2_000; i++) {
            if (!(create(external("open" + i).input(Json.ofSize(1_000, i))) instanceof CreateResult.Created)) {
                return;
            }
        }
    }

    @Test
    void startsNoRunWhereOpenRunsTakeAllMemory() {
        fillWithOpenRuns();

        assertThat(create(external("more").input(Json.ofSize(5_000, 1)))).isInstanceOf(CreateResult.Overloaded.class);
        assertThat(find("more")).isEmpty();
        assertThat(find("small")).isPresent();
        assertThat(bench().budget().usedBytes()).isLessThanOrEqualTo(MEBIBYTE / 2 + 2_000);
    }

    @Test
    void refusesWhatHasNoRoomAndTellsTheProducersNumber() {
        fillWithOpenRuns();

        AppendResult.Refused refused = refused("small", Drafts.numbered("p", 1, 1, Drafts.sized(50_000)));
        assertThat(refused.refusal()).isEqualTo(new AppendResult.Refusal.NoRoom());
        assertThat(refused.expectedSeq()).isEqualTo(OptionalLong.of(1));
        assertThat(refused.state()).isEqualTo(RunState.RUNNING);
        assertThat(heldOf("small")).hasSize(2);
    }

    @Test
    void answersARepeatAndAnEndedRunAsEverWhereThereIsNoRoom() {
        fillWithOpenRuns();
        assertThat(tryAppend("small", Drafts.numbered("p", 1, 0, Drafts.delta(0))))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(cancel("small")).isEqualTo(RunState.CANCELLING);
        assertThat(Stages.await(store().loseWorker("small", 1, "gone"))).contains(RunState.CANCELLED);

        assertThat(refused("small", Drafts.batch(Drafts.sized(50_000))).refusal())
                .isEqualTo(new AppendResult.Refusal.Ended());
    }

    @Test
    void doesNotTakeANewRunForAnOldOneOfTheSameName() {
        bench().reopen(StoreBench.SETTINGS, MEBIBYTE);
        startAndEnd("r", 1_000);
        pass(StoreBench.SETTINGS.retainEnded().plusSeconds(2));
        assertThat(find("r")).isEmpty();
        startExternal("r");
        append("r", Drafts.delta("'new'"));

        for (int i = 0; i < 12; i++) {
            startAndEnd("other" + i, 200_000);
        }
        assertThat(heldOf("r").getLast().data()).isEqualTo("\"new\"");
    }

    @Test
    void isAsItWasAfterTenThousandRunsCameAndWent() {
        long memory = bench().budget().usedBytes();
        int timers = bench().timers.waiting();
        for (int i = 0; i < 10_000; i++) {
            start(external("r" + i).key("k" + i).timeout(Duration.ofHours(1)).input(Json.ofSize(100, i)));
            append("r" + i, Drafts.partial("1"), Drafts.delta(2));
            switch (i % 3) {
                case 0 -> append("r" + i, Drafts.complete("1"));
                case 1 -> append("r" + i, Drafts.error("{}"));
                default -> cancel("r" + i);
            }
        }
        pass(StoreBench.SETTINGS.cancelGrace());
        assertThat(store().gauges().openRuns()).isEmpty();
        assertThat(bench().timers.waiting()).isEqualTo(timers);
        pass(StoreBench.SETTINGS.retainEnded().plusSeconds(20));

        assertThat(bench().budget().usedBytes()).isEqualTo(memory);
        assertThat(bench().slabs.liveSlabs()).isZero();
        assertThat(store().gauges().bufferedBytes()).isZero();
        assertThat(find("r9999")).isEmpty();
    }

    @Test
    void isUnavailableOnceItIsClosed() {
        startExternal("r");
        FollowedRun followed = Stages.await(store().follow("r")).orElseThrow();
        store().close();

        assertThat(bench().budget().usedBytes()).isZero();
        assertThatThrownBy(() -> startExternal("s")).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> append("r", Drafts.delta(1))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> cancel("r")).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Stages.await(followed.fetch(0, 100))).isInstanceOf(StoreUnavailableException.class);
        followed.close();
    }

    /** Whatever takes one lock inside another, all at once: starting, ending, deleting, making room, listing. */
    @Test
    void neverLocksUpAndLosesNoMemoryWhateverHappensAtOnce() {
        RunSettings usual = StoreBench.SETTINGS;
        bench().reopen(
                        new RunSettings(
                                usual.maxEventBytes(),
                                usual.runBufferBytes(),
                                usual.maxOpenRuns(),
                                usual.lease(),
                                usual.cancelGrace(),
                                usual.disconnectGrace(),
                                usual.maxRunTime(),
                                Duration.ofMillis(500)),
                        MEBIBYTE / 2);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Random random = new Random(t);
            workers.add(start(() -> {
                for (int i = 0; i < 4_000; i++) {
                    doSomething("r" + random.nextInt(20), random);
                }
            }));
        }
        CompletableFuture<Void> time = start(() -> {
            while (!over.get()) {
                pass(Duration.ofMillis(100));
            }
        });
        workers.forEach(Stages::await);
        over.set(true);
        Stages.await(time);

        for (int i = 0; i < 20; i++) {
            Stages.await(store().loseWorker("r" + i, 1, "over"));
        }
        pass(Duration.ofSeconds(5));
        assertThat(store().gauges().openRuns()).isEmpty();
        assertThat(bench().budget().usedBytes()).isZero();
        assertThat(bench().slabs.liveSlabs()).isZero();
    }

    private static CompletableFuture<Void> start(Runnable work) {
        return CompletableFuture.runAsync(
                work, task -> Thread.ofPlatform().daemon().start(task));
    }

    private void doSomething(String runId, Random random) {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> create(external(runId).key("k" + runId));
            case 3, 4 -> tryAppend(runId, Drafts.batch(Drafts.sized(1 + random.nextInt(30_000))));
            case 5 -> tryAppend(runId, Drafts.batch(Drafts.complete("1")));
            case 6 -> Stages.await(store().requestCancel(runId));
            case 7 -> {
                Optional<RunRecord> ended = find(runId).map(Run::record).filter(RunRecord::isEnded);
                // While a run is being deleted its end has gone and the rest is about to.
                ended.ifPresent(run -> Stages.eventually(
                        "an ended run has its end, or is gone",
                        () -> Stages.await(store().findEnd(runId)).isPresent()
                                || !find(runId).map(Run::record).equals(ended)));
            }
            case 8 -> Stages.await(store().list(new RunQuery(Optional.empty(), Optional.empty(), 5, Optional.empty())));
            default ->
                Stages.await(store().follow(runId)).ifPresent(followed -> {
                    try (LogReader reader = new LogReader(followed)) {
                        reader.drain();
                    }
                });
        }
    }
}
