package dev.runstream.agents.llm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;

/**
 * Tells a chunk of an answer from other JSON, so that none of an answer is passed over: each member we read has the type
 * we read it as, or is null or left out. Other members may be anything. Stateless.
 */
final class ChunkForm {
    private static final List<String> TEXTS_OF_DELTA = List.of("content", "reasoning_content", "reasoning", "refusal");
    /** Where an answer stands that is not streamed, or is no chat. */
    private static final List<String> IN_PLACE_OF_DELTA = List.of("message", "text");

    private ChunkForm() {}

    static boolean fits(JsonNode chunk) {
        return isListOf(chunk.path("choices"), ChunkForm::isChoice);
    }

    private static boolean isChoice(JsonNode choice) {
        return choice.isObject()
                && isText(choice.path("finish_reason"))
                && isDelta(choice.path("delta"))
                && (choice.path("delta").isObject()
                        || IN_PLACE_OF_DELTA.stream().allMatch(name -> isNothing(choice.path(name))));
    }

    private static boolean isDelta(JsonNode delta) {
        return isObject(delta)
                && TEXTS_OF_DELTA.stream().allMatch(name -> isText(delta.path(name)))
                && isListOf(delta.path("tool_calls"), ChunkForm::isFragment);
    }

    private static boolean isFragment(JsonNode fragment) {
        JsonNode index = fragment.path("index");
        JsonNode function = fragment.path("function");
        return fragment.isObject()
                && (isNothing(index) || index.isInt())
                && isText(fragment.path("id"))
                && isText(fragment.path("type"))
                && isObject(function)
                && isText(function.path("name"))
                && isText(function.path("arguments"));
    }

    private static boolean isNothing(JsonNode member) {
        return member.isMissingNode() || member.isNull();
    }

    private static boolean isText(JsonNode member) {
        return isNothing(member) || member.isTextual();
    }

    private static boolean isObject(JsonNode member) {
        return isNothing(member) || member.isObject();
    }

    private static boolean isListOf(JsonNode member, Predicate<JsonNode> item) {
        return isNothing(member) || (member.isArray() && member.valueStream().allMatch(item));
    }
}
