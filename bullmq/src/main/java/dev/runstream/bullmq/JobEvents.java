package dev.runstream.bullmq;

import dev.runstream.core.json.EventEnvelope;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonElements;
import dev.runstream.core.json.JsonMembers;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.ErrorData;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.SourceStep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final List<String> BATCH_MEMBERS = List.of("type", "sender", "index", "events");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,18}");
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
            case "progress" -> Optional.of(sent(json(bytes(entry, "data"))));
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

    private SourceStep.Sent sent(JsonBytes progress) {
        Map<String, JsonBytes> members = progress.isObject() ? batchMembers(JsonObjectView.of(progress)) : Map.of();
        JsonBytes type = members.getOrDefault("type", NULL);
        JsonBytes events = members.getOrDefault("events", NULL);
        return type.isString("batch") && events.isArray()
                ? new SourceStep.Sent(batch(JsonElements.of(events)), number(members))
                : new SourceStep.Sent(List.of(event(progress)), Optional.empty());
    }

    /** Those of a batch; none if one of them is there twice. */
    private static Map<String, JsonBytes> batchMembers(JsonObjectView object) {
        Map<String, JsonBytes> found = new HashMap<>();
        JsonMembers members = object.members();
        while (members.next()) {
            for (String name : BATCH_MEMBERS) {
                if (members.nameEquals(name) && found.put(name, members.value()) != null) {
                    return Map.of();
                }
            }
        }
        return found;
    }

    private List<EventDraft> batch(JsonElements elements) {
        List<EventDraft> events = new ArrayList<>();
        while (elements.next()) {
            if (events.size() == MOST_OF_A_BATCH) {
                events.add(new EventDraft.Invalid("a batch may have " + MOST_OF_A_BATCH + " events"));
                break;
            }
            events.add(event(elements.value().copy()));
        }
        return events;
    }

    private static Optional<SourceStep.BatchNumber> number(Map<String, JsonBytes> batch) {
        String sender = batch.getOrDefault("sender", NULL).toString();
        String index = batch.getOrDefault("index", NULL).toString();
        return COUNT.matcher(sender).matches() && COUNT.matcher(index).matches()
                ? Optional.of(new SourceStep.BatchNumber(Long.parseLong(sender), Long.parseLong(index)))
                : Optional.empty();
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
