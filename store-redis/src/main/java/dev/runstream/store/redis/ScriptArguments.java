package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.NewEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The arguments of a script, one after the other. */
final class ScriptArguments {
    private final List<byte[]> values = new ArrayList<>();

    ScriptArguments text(String value) {
        values.add(value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    ScriptArguments number(long value) {
        return text(Long.toString(value));
    }

    ScriptArguments json(JsonBytes value) {
        boolean whole = value.length() == value.array().length;
        values.add(whole ? value.array() : value.toByteArray());
        return this;
    }

    /** How many, and then each name with its value. */
    ScriptArguments pairs(Map<String, String> pairs) {
        number(pairs.size());
        pairs.forEach((name, value) -> text(name).text(value));
        return this;
    }

    /** How many, and then of each the type, the attempt and the data. */
    ScriptArguments events(List<NewEvent> events) {
        number(events.size());
        for (NewEvent event : events) {
            number(event.type().code()).number(event.attempt()).json(event.data());
        }
        return this;
    }

    byte[][] toArray() {
        return values.toArray(new byte[0][]);
    }
}
