package dev.runstream.core.execution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import dev.runstream.core.agent.JsonCodec;
import java.io.IOException;
import java.util.List;

/** A codec for tests. */
public final class JacksonCodec implements JsonCodec {
    private final ObjectMapper mapper =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    @Override
    public byte[] write(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException fault) {
            throw new IllegalArgumentException(fault.getMessage(), fault);
        }
    }

    @Override
    public <T> T read(byte[] json, Class<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (IOException fault) {
            throw new Unreadable(List.of(new FieldFault("", "does not fit")));
        }
    }
}
