package dev.runstream.bullmq;

import dev.runstream.core.json.EventEnvelope;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonElements;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.ErrorData;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.SourceStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the entries of a queue's event stream mean for the runs of its jobs. Stateless.
 *
 * <p>The entries are those of BullMQ 5 and 6; which there are is told in {@code docs/bullmq.md}.
 */
final class JobEvents {
    /** A text is compacted to no more than this; what is larger could be no event anyway. */
    private static final int LARGEST_TEXT = 64 * 1024 * 1024;

    /** What a batch has more than this is dropped: it would be too much for one command to Redis. */
    static final int MOST_OF_A_BATCH = 10_000;

    private static final JsonBytes NULL = JsonBytes.trusted("null".getBytes(StandardCharsets.US_ASCII));
    private static final JsonBytes EMPTY = JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII));

    private final int maxEventBytes;

    JobEvents(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /** What an entry says of the job that it names; empty for one that concerns no run. */
    Optional<SourceStep> stepOf(Map<String, byte[]> entry) {
        return switch (text(entry, "event")) {
            case "added" -> Optional.of(new SourceStep.Added());
            case "waiting" -> Optional.of(new SourceStep.Waiting(isEnd(text(entry, "prev"))));
            case "delayed", "waiting-children" -> Optional.of(new SourceStep.Waiting(false));
            case "active" -> Optional.of(new SourceStep.Begun(0));
            case "progress" -> Optional.of(new SourceStep.Sent(progress(bytes(entry, "data"))));
            case "completed" -> Optional.of(new SourceStep.Completed(json(bytes(entry, "returnvalue"))));
            case "failed" -> Optional.of(failed(text(entry, "failedReason")));
            case "stalled" ->
                Optional.of(new SourceStep.Told("the job stalled: its worker has not been heard of in time"));
            case "removed" -> Optional.of(new SourceStep.Removed("the job was removed from its queue"));
            default -> Optional.empty();
        };
    }

    private static boolean isEnd(String state) {
        return state.equals("failed") || state.equals("completed");
    }

    static SourceStep failed(String reason) {
        return new SourceStep.Failed(ErrorData.of(reason, ErrorData.FAILED, false));
    }

    static String text(Map<String, byte[]> entry, String field) {
        return new String(bytes(entry, field), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Map<String, byte[]> entry, String field) {
        return entry.getOrDefault(field, new byte[0]);
    }

    /** A value as BullMQ writes it: JSON, nothing for undefined; what is no JSON after all is taken for a text. */
    static JsonBytes json(byte[] value) {
        if (value.length == 0) {
            return NULL;
        }
        return JsonCompactor.compact(value, LARGEST_TEXT) instanceof JsonBytes json
                ? json
                : JsonBytes.ofString(new String(value, StandardCharsets.UTF_8));
    }

    private List<EventDraft> progress(byte[] data) {
        JsonBytes progress = json(data);
        Optional<JsonBytes> batch = batchOf(progress);
        List<EventDraft> events = new ArrayList<>();
        if (batch.isPresent()) {
            JsonElements elements = JsonElements.of(batch.get());
            while (elements.next()) {
                if (events.size() == MOST_OF_A_BATCH) {
                    events.add(new EventDraft.Invalid("a batch may have " + MOST_OF_A_BATCH + " events"));
                    break;
                }
                events.add(event(elements.value().copy()));
            }
        } else {
            events.add(event(progress));
        }
        return events;
    }

    /** The events of a {@code {"type":"batch","events":[…]}}. */
    private static Optional<JsonBytes> batchOf(JsonBytes progress) {
        if (!progress.isObject()) {
            return Optional.empty();
        }
        JsonObjectView object = JsonObjectView.of(progress);
        List<JsonBytes> types = object.values("type");
        List<JsonBytes> events = object.values("events");
        boolean isBatch = types.size() == 1
                && types.getFirst().isString("batch")
                && events.size() == 1
                && events.getFirst().isArray();
        return isBatch ? Optional.of(events.getFirst()) : Optional.empty();
    }

    /** An event of a type that a job may send, or else whatever it is as the data of a delta. */
    private EventDraft event(JsonBytes progress) {
        if (EventEnvelope.parse(progress) instanceof EventEnvelope envelope) {
            Optional<EventType> type = EventType.ofWireName(envelope.type()).filter(known -> !known.isTerminal());
            if (type.isPresent()) {
                EventDraft event = EventDraft.of(type.get(), envelope.data(), maxEventBytes);
                if (!(event instanceof EventDraft.Invalid)) {
                    return event;
                }
            }
        }
        JsonBytes whole = JsonObjectView.of(EMPTY).with("progress", progress).json();
        return EventDraft.of(EventType.DELTA, whole, maxEventBytes);
    }
}
