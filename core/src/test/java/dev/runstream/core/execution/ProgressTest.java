package dev.runstream.core.execution;

import static dev.runstream.core.execution.AgentsAtWork.take;
import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Progress goes out ten times a second, and the last of it always. */
class ProgressTest {
    private final ManualTime time = new ManualTime();
    private final Semaphore go = new Semaphore(0);
    private final Semaphore reported = new Semaphore(0);

    private static String progress(int done) {
        return "status {\"progress\":{\"done\":" + done + ",\"total\":100},\"state\":\"running\"}";
    }

    @Test
    void writesTheFirstAtOnceAndThenTheLatestEachTenthOfASecond() {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            for (int done = 1; done <= 100; done++) {
                run.progress(done, 100);
                if (done == 1 || done == 50 || done == 99) {
                    reported.release();
                    go.acquire();
                }
            }
        }))) {
            String runId = at.start("a", "{}");
            take(reported, 1);
            time.advance(Duration.ZERO);
            at.awaitEvent(runId, progress(1));
            go.release();
            take(reported, 1);
            time.advance(Duration.ofMillis(99));
            assertThat(at.eventsSoFar(runId)).hasSize(3);
            time.advance(Duration.ofMillis(1));
            at.awaitEvent(runId, progress(50));
            go.release();
            take(reported, 1);
            go.release();

            List<String> events = at.eventsOf(runId);
            assertThat(events.subList(2, events.size()))
                    .containsExactly(progress(1), progress(50), progress(100), "complete null");
        }
    }

    @Test
    void writesTheLastBeforeTheEndAndNothingAfter() {
        try (AgentsAtWork at = new AgentsAtWork(time, named("a", run -> {
            run.progress(3, 100);
            run.complete("done");
        }))) {
            String runId = at.start("a", "{}");
            List<String> events = at.eventsOf(runId);
            time.advance(Duration.ofSeconds(1));
            assertThat(at.eventsOf(runId)).isEqualTo(events);
            assertThat(events.subList(2, events.size())).containsExactly(progress(3), "complete \"done\"");
        }
    }
}
