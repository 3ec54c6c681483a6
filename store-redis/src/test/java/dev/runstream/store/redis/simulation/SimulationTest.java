package dev.runstream.store.redis.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.store.redis.Plant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many lives of several processes on one Redis, and lives with a fault planted to see that it is seen. */
@Tag("slow")
final class SimulationTest {
    private static final long LIVES = 2_500;
    private static final long LIVES_WITH_A_FAULT = 3_000;

    @Test
    void keepsEveryPromiseInThousandsOfLives() {
        assertThat(Simulation.firstFault(0, LIVES, Plant.NOTHING)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void seesAFaultThatIsPlanted(Plant plant) {
        Optional<Simulation.Fault> fault = LongStream.range(0, LIVES_WITH_A_FAULT)
                .mapToObj(seed -> Simulation.live(seed, plant))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(fault).as("%s in %d lives", plant, LIVES_WITH_A_FAULT).isPresent();
    }
}
