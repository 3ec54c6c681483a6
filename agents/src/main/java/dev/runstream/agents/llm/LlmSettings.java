package dev.runstream.agents.llm;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The one endpoint that the {@code llm} agent calls. Immutable; its text never shows the key.
 *
 * @param baseUrl such as {@code https://api.example.com/v1}; a query in it is kept
 * @param model the model asked for; where empty, each input names one
 * @param apiKey sent as a bearer token
 * @param silence how long the endpoint may send nothing before the run fails
 */
public record LlmSettings(URI baseUrl, Optional<String> model, Optional<String> apiKey, Duration silence) {
    public static final Duration DEFAULT_SILENCE = Duration.ofSeconds(60);

    /** @throws IllegalArgumentException saying what is wrong, without the value where that may be a secret */
    public LlmSettings {
        String scheme = String.valueOf(baseUrl.getScheme());
        if (!(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https")) || baseUrl.getHost() == null) {
            throw new IllegalArgumentException("the base URL must be http:// or https:// with a host");
        }
        if (baseUrl.getUserInfo() != null) {
            throw new IllegalArgumentException("the base URL must not hold credentials; set RUNSTREAM_LLM_API_KEY");
        }
        if (apiKey.isPresent() && !apiKey.get().chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("the API key may hold visible ASCII characters only");
        }
        if (silence.isNegative() || silence.isZero()) {
            throw new IllegalArgumentException("the silence allowed must be longer than nothing");
        }
    }

    /** With the default of how long the endpoint may be silent. */
    public LlmSettings(URI baseUrl, Optional<String> model, Optional<String> apiKey) {
        this(baseUrl, model, apiKey, DEFAULT_SILENCE);
    }

    /** Where completions are asked for. */
    URI completions() {
        String path = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
        String query = baseUrl.getRawQuery() == null ? "" : "?" + baseUrl.getRawQuery();
        return URI.create(endpoint() + path.replaceFirst("/+$", "") + "/chat/completions" + query);
    }

    /** The endpoint as it may be shown. */
    String endpoint() {
        return baseUrl.getScheme() + "://" + baseUrl.getRawAuthority();
    }

    @Override
    public String toString() {
        return "LlmSettings[" + endpoint() + ", model " + model.orElse("of the input") + ", key "
                + (apiKey.isPresent() ? "set" : "not set") + "]";
    }
}
