package dev.runstream.core.run;

import dev.runstream.core.json.EnvelopeResult;
import dev.runstream.core.json.EventEnvelope;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventType;
import java.util.Optional;

/** What a producer hands in: an event, or what is wrong with it. A fault keeps its place among the events. */
public sealed interface EventDraft {
    /** An event in good form; whether it may happen now is for the run to say. */
    record Valid(EventType type, JsonBytes data) implements EventDraft {}

    /** Not an event that could ever be stored. */
    record Invalid(String message) implements EventDraft {}

    /**
     * Larger than an event may be.
     *
     * @param bytes its size, or how much of it was read
     */
    record TooLarge(long bytes, int maxBytes) implements EventDraft {}

    /** Checks an event published as {@code {"type":…,"data":…}}. */
    static EventDraft ofEnvelope(JsonBytes envelope, int maxEventBytes) {
        return switch (EventEnvelope.parse(envelope)) {
            case EnvelopeResult.Fault fault -> new Invalid(fault.message());
            case EventEnvelope event ->
                EventType.ofWireName(event.type())
                        .map(type -> of(type, event.data(), maxEventBytes))
                        .orElseGet(() -> new Invalid("unknown type \"" + shortened(event.type())
                                + "\"; the types are status, delta, partial, complete and error"));
        };
    }

    /** Checks an event's size and what its type asks of its data. */
    static EventDraft of(EventType type, JsonBytes data, int maxEventBytes) {
        if (data.length() > maxEventBytes) {
            return new TooLarge(data.length(), maxEventBytes);
        }
        return fault(type, data).<EventDraft>map(Invalid::new).orElseGet(() -> new Valid(type, data));
    }

    private static Optional<String> fault(EventType type, JsonBytes data) {
        if (type != EventType.STATUS && type != EventType.ERROR) {
            return Optional.empty();
        }
        if (!data.isObject()) {
            return Optional.of("the data of \"" + type.wireName() + "\" must be an object");
        }
        JsonObjectView object = JsonObjectView.of(data);
        if (type == EventType.STATUS) {
            return object.has("state") || object.has("attempt")
                    ? Optional.of("\"state\" and \"attempt\" of a status are the server's to set")
                    : Optional.empty();
        }
        return object.values("code").stream().anyMatch(code -> code.isString(ErrorData.WORKER_LOST))
                ? Optional.of("the code \"worker-lost\" is the server's to set")
                : Optional.empty();
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
