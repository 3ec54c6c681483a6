package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.app.config.LlmSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BuiltInAgentsTest {
    @Test
    void handsOnAllThatIsToldOfTheModelsEndpoint() {
        URI url = URI.create("https://api.example.com/v1");
        LlmSettings given = new LlmSettings(
                url, Optional.of("small"), Optional.of(new LlmSettings.ApiKey("k-1")), Duration.ofMinutes(10));

        assertThat(BuiltInAgents.llm(given))
                .isEqualTo(new dev.runstream.agents.llm.LlmSettings(
                        url, Optional.of("small"), Optional.of("k-1"), Duration.ofMinutes(10)));
    }
}
