package dev.runstream.app.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The endpoint that the {@code llm} agent calls. Immutable.
 *
 * @param baseUrl its path ends without a slash; it may have a query
 * @param silence how long the endpoint may send nothing
 */
public record LlmSettings(URI baseUrl, Optional<String> model, Optional<ApiKey> apiKey, Duration silence) {
    /** A key that shows itself only to who asks for its {@code value}. */
    public record ApiKey(String value) {
        @Override
        public String toString() {
            return "ApiKey[…]";
        }
    }
}
