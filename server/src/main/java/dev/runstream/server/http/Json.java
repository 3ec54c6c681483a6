package dev.runstream.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.runstream.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;

/** Writes the server's own answers. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** Maps, lists, strings, numbers, booleans, null and {@link #raw} values as JSON in UTF-8. */
    public static byte[] write(Object value) {
        try {
            // By way of a string: what a client sent may hold half of a surrogate pair, which has no form in UTF-8.
            return MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("an answer has no JSON form", impossible);
        }
    }

    /** JSON that stands in an answer as it is. */
    public static Object raw(JsonBytes json) {
        return new RawValue(json.toString());
    }
}
