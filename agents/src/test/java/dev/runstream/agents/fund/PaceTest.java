package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void handsOutTwoBatchesForEachCoreHoweverManyThereAre() {
        assertThat(Pace.of(1).batchesAtOnce()).isEqualTo(2);
        assertThat(Pace.of(64).batchesAtOnce()).isEqualTo(128);
        assertThat(Pace.of(192).batchesAtOnce()).isEqualTo(384);
    }
}
