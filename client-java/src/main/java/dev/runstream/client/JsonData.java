package dev.runstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value: the text it came as, and what it says.
 *
 * <p>Two are equal where their text is. Safe for any thread, as long as nobody changes the {@link #tree}.
 */
public final class JsonData {
    private final String text;
    private final ObjectMapper mapper;
    // shared: threads that race here parse the same text to equal trees
    private volatile @Nullable JsonNode tree;

    JsonData(String text, ObjectMapper mapper) {
        this.text = text;
        this.mapper = mapper;
    }

    /**
     * Takes a value that is JSON already; it is sent as it stands.
     *
     * @throws IllegalArgumentException where {@code text} is not one JSON value
     */
    public static JsonData of(String text) {
        JsonData data = new JsonData(text, Json.STRICT);
        try {
            data.tree = Json.readValue(Json.STRICT, text);
        } catch (JsonProcessingException notJson) {
            throw new IllegalArgumentException("not one JSON value: " + notJson.getOriginalMessage(), notJson);
        }
        return data;
    }

    /** The JSON text, token for token as it arrived. */
    public String text() {
        return text;
    }

    /**
     * The value as a tree.
     *
     * @throws RunstreamException with code {@code invalid-answer} where the server sent no JSON
     */
    public JsonNode tree() {
        JsonNode known = tree;
        if (known == null) {
            try {
                known = Json.readValue(mapper, text);
            } catch (JsonProcessingException notJson) {
                throw RunstreamException.invalidAnswer("not JSON: " + notJson.getOriginalMessage(), notJson);
            }
            tree = known;
        }
        return known;
    }

    /**
     * The value as an object of {@code type}, by the client's mapper.
     *
     * @throws RunstreamException with code {@code invalid-answer} where it does not fit
     */
    public <T> T as(Class<T> type) {
        try {
            return mapper.readerFor(type).readValue(text);
        } catch (JsonProcessingException unfit) {
            throw RunstreamException.invalidAnswer(
                    "not a " + type.getSimpleName() + ": " + unfit.getOriginalMessage(), unfit);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonData data && data.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return text;
    }
}
