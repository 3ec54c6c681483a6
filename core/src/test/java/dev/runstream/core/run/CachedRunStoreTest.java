package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract where memory is only a cache over an archive that answers on threads of its own. */
final class CachedRunStoreTest extends RunStoreContract {
    @Override
    protected RunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers) {
        return new EmbeddedRunStore(
                settings, new ListArchive(settings.runBufferBytes()), budget, clock, timers, RunObserver.NONE);
    }

    private static CompletableFuture<Void> start(Runnable work) {
        return CompletableFuture.runAsync(work, task -> Thread.ofPlatform().start(task));
    }

    /** With the smaller one nearly every event passes memory by. */
    @ParameterizedTest
    @ValueSource(longs = {512 * 1024, 4 * 1024})
    void losesAndRefusesNothingWhereMemoryIsShort(long budgetBytes) {
        bench().reopen(StoreBench.SETTINGS, budgetBytes);
        int runs = 8;
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            String runId = "r" + i;
            Random random = new Random(i);
            startExternal(runId);
            threads.add(start(() -> {
                for (int sent = 0; sent < 200_000; ) {
                    int bytes = 10 + random.nextInt(3_000);
                    append(runId, Drafts.sized(bytes));
                    sent += bytes;
                }
                append(runId, Drafts.complete("'end'"));
            }));
            threads.add(start(() -> {
                try (LogReader reader = new LogReader(
                        Stages.await(store().follow(runId)).orElseThrow(), 0, 1 + random.nextInt(20_000))) {
                    reader.readToEnd();
                    assertThat(reader.gaps()).isEmpty();
                }
            }));
        }
        threads.forEach(Stages::await);
        for (int i = 0; i < runs; i++) {
            Run run = find("r" + i).orElseThrow();
            assertThat(run.firstSeq()).isEqualTo(1);
            assertThat(eventsOf("r" + i)).hasSize((int) run.record().lastSeq());
        }
    }

    @Test
    void keepsNoEndedRunInMemoryThatNobodyHolds() {
        startExternal("r");
        append("r", Drafts.deltas(0, 100));
        LogReader reader = reader("r");
        append("r", Drafts.complete("1"));
        assertThat(bench().slabs.liveSlabs()).isPositive();
        assertThat(reader.drain()).hasSize(102);

        reader.close();
        assertThat(bench().slabs.liveSlabs()).isZero();
        assertThat(bench().budget().usedBytes()).isZero();
        assertThat(eventsOf("r")).hasSize(102);
        assertThat(bench().budget().usedBytes()).isZero();
    }

    @Test
    void bringsRunsInAndOutWhileManyComeAndGo() {
        int runs = 4;
        for (int i = 0; i < runs; i++) {
            startExternal("r" + i);
            append("r" + i, Drafts.deltas(0, 10));
        }
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 5; t++) {
            Random random = new Random(t);
            threads.add(start(() -> {
                for (int i = 0; i < 400; i++) {
                    String runId = "r" + random.nextInt(runs);
                    switch (random.nextInt(6)) {
                        case 0 -> Stages.await(store().findEnd(runId));
                        case 1 -> assertThat(find(runId)).isPresent();
                        case 2 -> assertThat(cancel(runId)).isNotNull();
                        case 3 -> tryAppend(runId, Drafts.batch(Drafts.complete("1")));
                        default -> assertThat(eventsOf(runId)).hasSizeGreaterThan(10);
                    }
                }
            }));
        }
        threads.forEach(Stages::await);
        assertThat(bench().budget().usedBytes()).isZero();
        assertThat(store().gauges().bufferedBytes()).isZero();
    }

    @Test
    void deletesRunsWhileManyComeForThem() {
        RunSettings usual = StoreBench.SETTINGS;
        bench().reopen(new RunSettings(
                usual.maxEventBytes(),
                usual.runBufferBytes(),
                usual.maxOpenRuns(),
                usual.lease(),
                usual.cancelGrace(),
                usual.disconnectGrace(),
                usual.maxRunTime(),
                Duration.ofMillis(500)));
        int rounds = 150;
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(t);
            threads.add(start(() -> {
                for (int i = 0; i < rounds * 4; i++) {
                    String runId = "r" + random.nextInt(3);
                    Stages.await(store().follow(runId)).ifPresent(followed -> {
                        try (LogReader reader = new LogReader(followed)) {
                            reader.drain();
                            assertThat(reader.gaps()).isEmpty();
                        }
                    });
                }
            }));
        }
        for (int i = 0; i < rounds; i++) {
            String runId = "r" + i % 3;
            create(external(runId));
            tryAppend(runId, Drafts.batch(Drafts.delta(1), Drafts.complete("1")));
            pass(Duration.ofSeconds(1));
        }
        threads.forEach(Stages::await);
        for (int i = 0; i < 3; i++) {
            awaitGone("r" + i);
        }
        Stages.eventually("all memory is back", () -> bench().budget().usedBytes() == 0);
    }
}
