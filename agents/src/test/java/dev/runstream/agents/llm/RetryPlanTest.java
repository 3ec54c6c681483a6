package dev.runstream.agents.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.execution.ManualTime;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
    private final ManualTime time = new ManualTime();
    private final RetryPlan plan = new RetryPlan(time, new Random(7));

    private Duration next(String retryAfter) {
        return plan.next(Optional.of(retryAfter)).orElseThrow();
    }

    @Test
    void doublesWithJitterAndEnds() {
        for (long most = 500; most <= 4000; most *= 2) {
            assertThat(plan.next(Optional.empty()).orElseThrow())
                    .isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
        assertThat(plan.next(Optional.empty())).isEmpty();
    }

    @Test
    void waitsAsLongAsAskedInSecondsOrUntilADate() {
        assertThat(next("7")).isBetween(Duration.ofSeconds(7), Duration.ofMillis(7500));
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                time.instant().plusSeconds(20).atZone(ZoneOffset.UTC));
        assertThat(next(date)).isBetween(Duration.ofSeconds(20), Duration.ofMillis(20_500));
    }

    @Test
    void takesNoNoticeOfWhatIsNeither() {
        assertThat(next("soon")).isLessThan(Duration.ofSeconds(1));
        assertThat(next("-5")).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void givesUpWhereTheWaitIsTooLong() {
        assertThat(plan.next(Optional.of("3600"))).isEmpty();
    }
}
