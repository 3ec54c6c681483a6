package dev.runstream.core.testing;

import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An event as a reader got it. */
public record SeenEvent(EventId id, EventType type, String data) {
    public long seq() {
        return id.seq();
    }

    /** The value of a member of its data, as JSON; empty where there is none. */
    public String member(String name) {
        return JsonObjectView.of(Json.json(data)).values(name).stream()
                .findFirst()
                .map(Object::toString)
                .orElse("");
    }

    /** Takes encoded events apart; strictly, since the log writes only one form. */
    public static List<SeenEvent> parse(byte[] encoded) {
        String text = new String(encoded, StandardCharsets.UTF_8);
        List<SeenEvent> events = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf("\n\n", from);
            if (end < 0) {
                throw new AssertionError("cut within an event: " + text.substring(from));
            }
            events.add(parseOne(text.substring(from, end)));
            from = end + 2;
        }
        return events;
    }

    private static SeenEvent parseOne(String block) {
        String[] lines = block.split("\n", -1);
        if (lines.length != 3) {
            throw new AssertionError("not three lines: " + block);
        }
        EventId id = EventId.parse(value(lines[0], "id: ")).orElseThrow();
        EventType type = EventType.ofWireName(value(lines[1], "event: ")).orElseThrow();
        return new SeenEvent(id, type, value(lines[2], "data: "));
    }

    private static String value(String line, String field) {
        if (!line.startsWith(field)) {
            throw new AssertionError("expected " + field + " but got " + line);
        }
        return line.substring(field.length());
    }
}
