package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.await;
import static dev.runstream.core.execution.AgentsAtWork.take;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.agent.RunContext;
import dev.runstream.core.agent.RunFailedException;
import dev.runstream.core.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cancel that meets an agent's own end at every moment: one end each, and nothing is left behind. */
class RaceTest {
    private static final int RUNS = 150;

    private record Choice(int end) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void endsEachRunOnceAndGivesEveryPlaceBack(long seed) {
        Random random = new Random(seed);
        ManualTime time = new ManualTime();
        Semaphore entered = new Semaphore(0);
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            entered.release();
            work(run);
        }))) {
            for (int i = 0; i < RUNS; i++) {
                entered.drainPermits();
                String runId = at.start("a", "{\"end\":" + random.nextInt(4) + "}");
                if (random.nextInt(3) > 0) {
                    take(entered, 1);
                }
                spin(random.nextInt(5_000));
                CompletableFuture<?> cancelled = at.store.requestCancel(runId).toCompletableFuture();
                List<String> events = at.eventsOf(runId);
                await(cancelled);

                assertThat(events)
                        .filteredOn(event -> event.startsWith("complete") || event.startsWith("error"))
                        .containsExactly(events.getLast());
                boolean asked = events.stream().anyMatch(event -> event.contains("\"cancelling\""));
                assertThat(at.record(runId).state() == RunState.CANCELLED).isEqualTo(asked);
            }
            at.runner.drain(Duration.ofSeconds(8));
            assertThat(at.runner.gauges()).isEqualTo(new RunnerGauges(0, 0, 0));
        }
    }

    private static void work(RunContext run) {
        run.onCancel(() -> run.partial("last words"));
        run.progress(1, 2);
        run.delta(1);
        switch (run.input(Choice.class).end()) {
            case 0 -> run.complete("done");
            case 1 -> throw new RunFailedException("told", "on purpose", false);
            case 2 -> run.checkCancelled();
            default -> run.progress(2, 2);
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
