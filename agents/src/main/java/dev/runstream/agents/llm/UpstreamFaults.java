package dev.runstream.agents.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.runstream.core.agent.RunFailedException;
import java.util.Optional;

/** What goes wrong with the endpoint, in words that a reader may see: without its key, and without pages of HTML. */
final class UpstreamFaults {
    private static final int LONGEST = 300;
    private static final JsonMapper JSON = new JsonMapper();

    private final LlmSettings settings;

    UpstreamFaults(LlmSettings settings) {
        this.settings = settings;
    }

    /** An answer that is no stream. */
    RunFailedException status(int status, String body) {
        if (status == 401 || status == 403) {
            // Such messages like to repeat a part of the key.
            return new RunFailedException(
                    "upstream-refused",
                    "the model's endpoint refuses this server (" + status + "): RUNSTREAM_LLM_API_KEY has to be right",
                    false);
        }
        String said = shown(body).map(text -> ": " + text).orElse("");
        if (status == 429) {
            return new RunFailedException("upstream-busy", "the model's endpoint is busy (429)" + said, true);
        }
        return status >= 500
                ? new RunFailedException(
                        "upstream-unavailable", "the model's endpoint failed (" + status + ")" + said, true)
                : new RunFailedException(
                        "upstream-refused", "the model's endpoint refused the request (" + status + ")" + said, false);
    }

    RunFailedException unreachable(Throwable cause) {
        return new RunFailedException("upstream-unavailable", "the model's endpoint cannot be reached", true, cause);
    }

    RunFailedException silent() {
        return new RunFailedException(
                "upstream-silent",
                "the model's endpoint has sent nothing for "
                        + settings.silence().toMillis() / 1000.0 + " s",
                true);
    }

    RunFailedException brokenOff(Throwable cause) {
        return new RunFailedException(
                "upstream-broken", "the model's endpoint broke off in the middle of the answer", true, cause);
    }

    RunFailedException unfinished() {
        return new RunFailedException(
                "upstream-broken", "the model's endpoint ended the stream before the end of the answer", true);
    }

    RunFailedException notAStream(String contentType) {
        return new RunFailedException(
                "upstream-invalid",
                "the model's endpoint did not answer with an event stream but with " + clean(contentType),
                false);
    }

    RunFailedException unreadable() {
        return new RunFailedException(
                "upstream-invalid", "the model's endpoint sent an event that is not a chunk of an answer", false);
    }

    RunFailedException tooLong() {
        return new RunFailedException("upstream-invalid", "the model's endpoint sent more than can be held", false);
    }

    /** An event that says that there will be no more answer. */
    RunFailedException event(JsonNode error) {
        String said = message(error).map(this::clean).map(text -> ": " + text).orElse("");
        return new RunFailedException("upstream-error", "the model's endpoint reported an error" + said, true);
    }

    private Optional<String> shown(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            JsonNode error = json.path("error");
            return message(error.isMissingNode() ? json : error).map(this::clean);
        } catch (JsonProcessingException noJson) {
            return Optional.empty();
        }
    }

    private static Optional<String> message(JsonNode error) {
        JsonNode message = error.isTextual() ? error : error.path("message");
        return message.isTextual() && !message.textValue().isBlank()
                ? Optional.of(message.textValue())
                : Optional.empty();
    }

    private String clean(String text) {
        String safe = settings.apiKey().map(key -> text.replace(key, "…")).orElse(text);
        safe = safe.replaceAll("//[^/@\\s]*@", "//…@")
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST) + "…";
    }
}
