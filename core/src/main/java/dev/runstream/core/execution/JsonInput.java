package dev.runstream.core.execution;

import dev.runstream.core.agent.AgentInput;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;

/** A run's input as an agent sees it. Immutable, as long as nobody writes to the bytes. */
public final class JsonInput implements AgentInput {
    private final JsonBytes json;
    private final JsonCodec codec;

    public JsonInput(JsonBytes json, JsonCodec codec) {
        this.json = json;
        this.codec = codec;
    }

    @Override
    public String json() {
        return new String(json.array(), json.from(), json.length(), StandardCharsets.UTF_8);
    }

    @Override
    public <T> T as(Class<T> type) throws InvalidInputException {
        try {
            return codec.read(json.toByteArray(), type);
        } catch (JsonCodec.Unreadable fault) {
            throw new InvalidInputException(fault.faults());
        }
    }
}
