package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A run as the server described it at one moment.
 *
 * @param runId its id
 * @param agent the agent that does its work, {@code external} where a worker elsewhere does
 * @param state what it is doing, or how it ended
 * @param attempt which try this is, from 1
 * @param createdAt when it was accepted
 * @param startedAt when it first began
 * @param endedAt when it ended
 * @param cancelRequestedAt when a cancel was first asked
 * @param firstEventId the first event still held
 * @param lastEventId the last event written
 * @param bufferedBytes the data held now
 * @param bytes the data ever written
 * @param readers open streams on the server that answered
 * @param error the data of its {@code error} event, where it failed
 * @param json the whole answer
 */
public record Run(
        String runId,
        String agent,
        RunState state,
        int attempt,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        Optional<Instant> cancelRequestedAt,
        Optional<EventId> firstEventId,
        Optional<EventId> lastEventId,
        long bufferedBytes,
        long bytes,
        int readers,
        Optional<JsonNode> error,
        JsonNode json) {
    static Run read(JsonNode json) {
        return new Run(
                Json.text(json, "runId").orElseThrow(() -> unfit("runId", json)),
                Json.text(json, "agent").orElseThrow(() -> unfit("agent", json)),
                Json.text(json, "state", RunState::tryParse).orElseThrow(() -> unfit("state", json)),
                json.path("attempt").asInt(),
                Json.text(json, "createdAt", Run::instant).orElseThrow(() -> unfit("createdAt", json)),
                Json.text(json, "startedAt", Run::instant),
                Json.text(json, "endedAt", Run::instant),
                Json.text(json, "cancelRequestedAt", Run::instant),
                Json.text(json, "firstEventId", EventId::tryParse),
                Json.text(json, "lastEventId", EventId::tryParse),
                json.path("bufferedBytes").asLong(),
                json.path("bytes").asLong(),
                json.path("readers").asInt(),
                Optional.of(json.path("error")).filter(JsonNode::isObject),
                json);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    private static RunstreamException unfit(String field, JsonNode json) {
        return RunstreamException.invalidAnswer("a run without a good " + field + ": " + json, null);
    }
}
