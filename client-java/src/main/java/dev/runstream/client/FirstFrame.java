package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a connection's first frame says of the run and of the position.
 *
 * @param state the run's state now
 * @param resume what became of the position, in the wire's word, such as {@code start} or {@code gap}
 * @param attempt the attempt in force for the next event; 0 where the frame named none
 * @param firstEventId the first event held
 * @param lastEventId the last event written
 * @param data the frame as it came
 */
public record FirstFrame(
        Optional<RunState> state,
        String resume,
        int attempt,
        Optional<EventId> firstEventId,
        Optional<EventId> lastEventId,
        JsonData data) {
    static FirstFrame read(JsonData data) {
        JsonNode frame = data.tree();
        return new FirstFrame(
                Json.text(frame, "state", RunState::tryParse),
                frame.path("resume").asText(),
                frame.path("attempt").asInt(),
                Json.text(frame, "firstEventId", EventId::tryParse),
                Json.text(frame, "lastEventId", EventId::tryParse),
                data);
    }
}
