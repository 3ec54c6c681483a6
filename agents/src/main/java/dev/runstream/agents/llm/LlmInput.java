package dev.runstream.agents.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a caller may ask of the endpoint, and the request that it becomes. Values pass as they stand, token for token.
 */
final class LlmInput {
    /** Fields by which some proxies let a request choose where it goes, or as whom. */
    private static final List<String> REDIRECTING = List.of(
            "api_base",
            "base_url",
            "baseUrl",
            "api_key",
            "apiKey",
            "api_type",
            "api_version",
            "organization",
            "headers",
            "extra_headers",
            "extra_query",
            "extra_body",
            "user_config",
            "fallbacks",
            "custom_llm_provider");

    private static final JsonMapper JSON = new JsonMapper();

    private LlmInput() {}

    /** Every fault of an input; none where it can be sent. */
    static List<FieldFault> faults(String json, Optional<String> model) {
        JsonNode input = parse(json);
        if (!input.isObject()) {
            return List.of(new FieldFault("", "must be an object with \"messages\""));
        }
        List<FieldFault> faults = new ArrayList<>();
        messages(input.path("messages"), faults);
        model(JsonObjectView.of(bytes(json)), model, faults);
        JsonNode stream = input.path("stream");
        if (!stream.isMissingNode() && !stream.asBoolean(false)) {
            faults.add(new FieldFault("stream", "must be true or left out: a run always streams"));
        }
        JsonNode n = input.path("n");
        if (!n.isMissingNode() && !n.isNull() && !(n.isInt() && n.intValue() == 1)) {
            faults.add(new FieldFault("n", "must be 1 or left out: a run has one answer"));
        }
        for (String field : REDIRECTING) {
            if (input.has(field)) {
                faults.add(new FieldFault(
                        field, "is not a caller's to choose: the server's configuration has the endpoint"));
            }
        }
        return faults;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException fault) {
            throw new InvalidInputException("", "cannot be read: " + fault.getOriginalMessage());
        }
    }

    private static void messages(JsonNode messages, List<FieldFault> faults) {
        if (!messages.isArray() || messages.isEmpty()) {
            faults.add(new FieldFault("messages", "must be a list of at least one message"));
            return;
        }
        for (int i = 0; i < messages.size(); i++) {
            if (!messages.get(i).isObject()) {
                faults.add(new FieldFault("messages." + i, "must be an object with \"role\" and \"content\""));
            } else if (!messages.get(i).path("role").isTextual()) {
                faults.add(new FieldFault("messages." + i + ".role", "must be a string such as \"user\""));
            }
        }
    }

    private static void model(JsonObjectView input, Optional<String> configured, List<FieldFault> faults) {
        List<JsonBytes> given = input.values("model");
        if (configured.isPresent()) {
            String model = configured.get();
            if (!given.stream().allMatch(name -> name.isString(model))) {
                faults.add(new FieldFault(
                        "model", "is set by the server's configuration to \"" + model + "\"; leave it out"));
            }
        } else if (given.size() != 1
                || !given.getFirst().isString()
                || given.getFirst().isString("")) {
            faults.add(new FieldFault("model", "must name the model once, since the server has no --llm-model"));
        }
    }

    /** The request of an input without faults. */
    static byte[] request(String json, Optional<String> model, boolean withUsage) {
        JsonObjectView request =
                JsonObjectView.of(bytes(json)).without("stream").with("stream", JsonBytes.ofBoolean(true));
        if (model.isPresent()) {
            request = request.without("model").with("model", JsonBytes.ofString(model.get()));
        }
        if (withUsage && !request.has("stream_options")) {
            request = request.with("stream_options", bytes("{\"include_usage\":true}"));
        }
        return request.json().toByteArray();
    }

    /** Whether the caller has left it to us to ask for the usage. */
    static boolean leavesUsageToUs(String json) {
        return !JsonObjectView.of(bytes(json)).has("stream_options");
    }

    private static JsonBytes bytes(String compactJson) {
        return JsonBytes.trusted(compactJson.getBytes(StandardCharsets.UTF_8));
    }
}
