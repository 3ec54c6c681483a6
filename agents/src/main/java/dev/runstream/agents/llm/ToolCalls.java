package dev.runstream.agents.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** Tool calls put together from their fragments. For one thread at a time. */
final class ToolCalls {
    /** The fragments of one call; a name or id may come whole in the first or in pieces. */
    private static final class Call {
        private final StringBuilder id = new StringBuilder();
        private final StringBuilder name = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();
        private String type = "function";
    }

    private final Map<Integer, Call> calls = new TreeMap<>();
    private long length;

    void add(ArrayNode fragments) {
        for (int i = 0; i < fragments.size(); i++) {
            JsonNode fragment = fragments.get(i);
            Call call = calls.computeIfAbsent(fragment.path("index").asInt(i), index -> new Call());
            appendNew(call.id, fragment.path("id"));
            appendNew(call.name, fragment.path("function").path("name"));
            append(call.arguments, fragment.path("function").path("arguments"));
            if (fragment.path("type").isTextual()) {
                call.type = fragment.path("type").textValue();
            }
        }
    }

    /** Some endpoints repeat id and name in every fragment. */
    private void appendNew(StringBuilder whole, JsonNode part) {
        if (part.isTextual() && !part.textValue().contentEquals(whole)) {
            append(whole, part);
        }
    }

    private void append(StringBuilder whole, JsonNode part) {
        if (part.isTextual()) {
            whole.append(part.textValue());
            length += part.textValue().length();
        }
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    long length() {
        return length;
    }

    /** The calls so far, in the form in which a next request can hand them back. */
    ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Call call : calls.values()) {
            ObjectNode json = all.addObject().put("id", call.id.toString()).put("type", call.type);
            json.putObject("function").put("name", call.name.toString()).put("arguments", call.arguments.toString());
        }
        return all;
    }
}
