package dev.runstream.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The short run of all tests of this module that ./check makes; scripts/stress.sh makes longer ones. */
@Tag("slow")
final class RacesTest {
    @TestFactory
    Stream<DynamicTest> showNothingForbidden() throws IOException, InterruptedException {
        assumeThat(Runtime.getRuntime().availableProcessors())
                .as("processors, of which each thread of a test needs one")
                .isGreaterThan(1);
        Races races = new Races(Path.of("target", "jcstress").toAbsolutePath());
        Map<String, List<String>> faults = races.round(0, "", 1, Duration.ofMillis(400), Duration.ofMinutes(5));
        assertThat(faults).as("tests of this module").isNotEmpty();
        return faults.entrySet().stream()
                .map(test -> DynamicTest.dynamicTest(
                        test.getKey(),
                        () -> assertThat(test.getValue())
                                .as(
                                        "what was seen of %s; again: scripts/stress.sh 1 '%s'; all of it: %s",
                                        test.getKey(), test.getKey(), races.output())
                                .isEmpty()));
    }
}
