package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The script that packs the distribution; that it packs is tried by {@code ./check}. */
final class DistributionScriptTest {
    @Test
    void saysWhatItIsToBeGiven() throws Exception {
        Process script = new ProcessBuilder("../scripts/dist.sh")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("usage: scripts/dist.sh VERSION");
        assertThat(script.waitFor()).isEqualTo(2);
    }
}
