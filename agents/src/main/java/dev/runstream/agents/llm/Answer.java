package dev.runstream.agents.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer as it grows, chunk by chunk. For one thread at a time. */
final class Answer {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final ToolCalls toolCalls = new ToolCalls();
    private @Nullable String finishReason;
    private @Nullable JsonNode usage;
    private @Nullable String model;

    /** Takes a chunk; what it adds to the answer, as a {@code delta} tells it. */
    Optional<ObjectNode> add(JsonNode chunk) {
        if (chunk.path("model").isTextual()) {
            model = chunk.path("model").textValue();
        }
        if (chunk.path("usage").isObject()) {
            usage = chunk.path("usage");
        }
        JsonNode choice = chunk.path("choices").path(0);
        String reason = choice.path("finish_reason").asText("");
        if (!reason.isEmpty()) {
            finishReason = reason;
        }
        JsonNode delta = choice.path("delta");
        ObjectNode added = JSON.objectNode();
        grow(text, "text", delta.path("content"), added);
        JsonNode thought = delta.path("reasoning_content");
        grow(reasoning, "reasoning", thought.isTextual() ? thought : delta.path("reasoning"), added);
        grow(refusal, "refusal", delta.path("refusal"), added);
        if (delta.path("tool_calls") instanceof ArrayNode calls && !calls.isEmpty()) {
            toolCalls.add(calls);
            added.set("toolCalls", calls);
        }
        return added.isEmpty() ? Optional.empty() : Optional.of(added);
    }

    private static void grow(StringBuilder whole, String name, JsonNode part, ObjectNode added) {
        if (part.isTextual() && !part.textValue().isEmpty()) {
            whole.append(part.textValue());
            added.put(name, part.textValue());
        }
    }

    /** Whether the upstream has said why the answer ends. */
    boolean isFinished() {
        return finishReason != null;
    }

    /** How many characters there are. */
    long length() {
        return (long) text.length() + reasoning.length() + refusal.length() + toolCalls.length();
    }

    /** The answer so far, as a {@code partial} tells it. */
    ObjectNode soFar() {
        ObjectNode answer = JSON.objectNode().put("text", text.toString());
        if (!reasoning.isEmpty()) {
            answer.put("reasoning", reasoning.toString());
        }
        if (!refusal.isEmpty()) {
            answer.put("refusal", refusal.toString());
        }
        if (!toolCalls.isEmpty()) {
            answer.set("toolCalls", toolCalls.json());
        }
        return answer;
    }

    /** The whole answer, as {@code complete} tells it. */
    ObjectNode whole() {
        ObjectNode answer = soFar();
        answer.set("toolCalls", toolCalls.json());
        answer.put("finishReason", finishReason);
        answer.set("usage", usage == null ? JSON.nullNode() : usage);
        answer.put("model", model);
        return answer;
    }
}
