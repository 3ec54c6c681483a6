package dev.runstream.core.json;

import org.jspecify.annotations.Nullable;

/**
 * An event as a worker elsewhere publishes it: {@code {"type":…,"data":…}}, the two members in any order.
 *
 * @param type as written, unescaped; whether there is such a type is for the caller to say
 * @param data in the array of the envelope it was read from
 */
public record EventEnvelope(String type, JsonBytes data) implements EnvelopeResult {
    /** No envelope of a type of the contract adds more than this to its data, even if each letter is escaped. */
    public static final int MAX_OVERHEAD_BYTES = 128;

    private static final int MAX_SHOWN_CHARS = 40;
    private static final String EXPECTED = "an event has \"type\" and \"data\"";

    /** Reads an envelope. Names are compared after unescaping; a member too many, too few or twice is a fault. */
    public static EnvelopeResult parse(JsonBytes json) {
        if (!json.isObject()) {
            return new Fault("an event must be an object with \"type\" and \"data\"");
        }
        JsonBytes type = null;
        JsonBytes data = null;
        JsonMembers members = JsonObjectView.of(json).members();
        while (members.next()) {
            if (members.nameEquals("type")) {
                if (type != null) {
                    return twice("type");
                }
                type = members.value();
            } else if (members.nameEquals("data")) {
                if (data != null) {
                    return twice("data");
                }
                data = members.value();
            } else {
                return new Fault("unknown member \"" + shown(members.name()) + "\"; " + EXPECTED);
            }
        }
        return of(type, data);
    }

    private static EnvelopeResult of(@Nullable JsonBytes type, @Nullable JsonBytes data) {
        if (type == null) {
            return missing("type");
        }
        if (!type.isString()) {
            return new Fault("\"type\" must be a string");
        }
        return data == null ? missing("data") : new EventEnvelope(type.stringValue(), data);
    }

    private static Fault twice(String name) {
        return new Fault("member \"" + name + "\" is there twice; " + EXPECTED + " once each");
    }

    private static Fault missing(String name) {
        return new Fault("member \"" + name + "\" is missing; " + EXPECTED);
    }

    private static String shown(String name) {
        return name.length() <= MAX_SHOWN_CHARS ? name : name.substring(0, MAX_SHOWN_CHARS) + "…";
    }
}
