package dev.runstream.client;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How this client reads and writes JSON. */
final class Json {
    /** Keeps numbers as they were written, and takes nothing after the value. */
    static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** Reads one value; an empty text is none, which Jackson alone would let pass. */
    static JsonNode readValue(ObjectMapper mapper, String text) throws JsonProcessingException {
        JsonNode tree = mapper.readTree(text);
        if (tree.isMissingNode()) {
            throw new com.fasterxml.jackson.core.JsonParseException(null, "no value");
        }
        return tree;
    }

    /**
     * The value as JSON on one line, in UTF-8.
     *
     * @throws IllegalArgumentException where it cannot be written as JSON, as NaN or an object without properties
     */
    static byte[] write(ObjectMapper mapper, Object value) {
        try {
            byte[] json = value instanceof JsonData data
                    ? data.text().getBytes(StandardCharsets.UTF_8)
                    : writeFinite(mapper, value);
            // A line end can only stand between tokens, so a space says the same.
            for (int at = 0; at < json.length; at++) {
                if (json[at] == '\n' || json[at] == '\r') {
                    json[at] = ' ';
                }
            }
            return json;
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException("cannot be written as JSON: " + reason(unwritable), unwritable);
        } catch (IOException never) {
            throw new UncheckedIOException("writing to memory", never);
        }
    }

    private static byte[] writeFinite(ObjectMapper mapper, Object value) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator numbers = new FiniteNumbers(mapper.createGenerator(json))) {
            mapper.writeValue(numbers, value);
        }
        return json.toByteArray();
    }

    /** What Jackson says, and where; in place of its advice to write objects without properties as {@code {}}, why. */
    private static String reason(JsonProcessingException unwritable) {
        String said = unwritable.getOriginalMessage();
        if (unwritable instanceof InvalidDefinitionException unfit && said.startsWith("No serializer found")) {
            said = unfit.getType().getRawClass().getName() + " has no public getters, fields or record components";
        }
        String path = unwritable instanceof JsonMappingException inside ? path(inside) : "";
        return path.isEmpty() ? said : said + " (at " + path + ")";
    }

    private static String path(JsonMappingException inside) {
        return inside.getPath().stream()
                .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /** The value as a piece of a larger document, its tokens untouched. */
    static RawValue raw(ObjectMapper mapper, Object value) {
        return new RawValue(new String(write(mapper, value), StandardCharsets.UTF_8));
    }

    /** What {@code read} makes of a text field; empty where the field is absent, null or no text. */
    static <T> Optional<T> text(JsonNode object, String field, Function<String, Optional<T>> read) {
        JsonNode value = object.path(field);
        return value.isTextual() ? read.apply(value.textValue()) : Optional.empty();
    }

    static Optional<String> text(JsonNode object, String field) {
        return text(object, field, Optional::of);
    }
}
