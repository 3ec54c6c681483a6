package dev.runstream.agents.fund;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read one by one; what is wrong is noted under the field's dotted path, and reading goes
 * on with the fallback, so that all faults are found together. {@code null} counts as not given. Confined to one thread.
 */
final class JsonFields {
    private static final int LONGEST_SHOWN = 40;

    private final JsonNode node;
    private final String path;
    private final List<FieldFault> faults;
    private final Set<String> known = new LinkedHashSet<>();

    /** @param faults gets what is wrong, in the order of reading */
    JsonFields(JsonNode node, String path, List<FieldFault> faults) {
        this.path = path;
        this.faults = faults;
        if (!node.isObject()) {
            faults.add(new FieldFault(path, "must be an object, but was " + shown(node)));
        }
        this.node = node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    }

    boolean has(String name) {
        return given(name) != null;
    }

    /** The number, or the fallback where it is not given or wrong. */
    double number(String name, double fallback, double min, double max) {
        JsonNode value = given(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber()) {
            fault(name, "must be a number, but was " + shown(value));
            return fallback;
        }
        return inRange(name, value, min, max) ? value.doubleValue() : fallback;
    }

    /** The number without a fraction, or the fallback where it is not given or wrong; bounds below 2^53. */
    long whole(String name, long fallback, long min, long max) {
        JsonNode value = given(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue())) {
            fault(name, "must be a whole number, but was " + shown(value));
            return fallback;
        }
        return inRange(name, value, (double) min, (double) max) ? value.longValue() : fallback;
    }

    String text(String name, String fallback, int maxLength) {
        JsonNode value = given(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isTextual()
                || value.textValue().isBlank()
                || value.textValue().length() > maxLength) {
            fault(name, "must be a text of 1 to " + maxLength + " characters, but was " + shown(value));
            return fallback;
        }
        return value.textValue();
    }

    /** The fields of an object inside this one; of an empty one where it is not given or wrong. */
    JsonFields object(String name) {
        JsonNode value = given(name);
        return new JsonFields(value == null ? JsonNodeFactory.instance.objectNode() : value, pathOf(name), faults);
    }

    /** The objects of a list; empty where it is not given or wrong. */
    List<JsonFields> objects(String name, int min, int max) {
        JsonNode value = given(name);
        List<JsonFields> items = new ArrayList<>();
        if (value == null) {
            return items;
        }
        if (!value.isArray()) {
            fault(name, "must be a list, but was " + shown(value));
        } else if (value.size() < min || value.size() > max) {
            fault(name, "must have from " + min + " to " + max + " entries, but has " + value.size());
        } else {
            for (int i = 0; i < value.size(); i++) {
                items.add(new JsonFields(value.get(i), pathOf(name) + "." + i, faults));
            }
        }
        return items;
    }

    /** The raw value; {@code null} where it is not given. */
    @Nullable
    JsonNode given(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    void fault(String name, String message) {
        faults.add(new FieldFault(pathOf(name), message));
    }

    /** Notes every field that nobody asked for; call it last. */
    void refuseUnknown() {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String hint = NearestName.of(name, known)
                        .map(nearest -> "did you mean \"" + nearest + "\"?")
                        .orElse("known are " + String.join(", ", known));
                fault(shortened(name), "is not a field; " + hint);
            }
        });
    }

    String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    List<FieldFault> faults() {
        return faults;
    }

    private boolean inRange(String name, JsonNode value, double min, double max) {
        // Written so that what is no number at all is out of range too.
        boolean fits = value.doubleValue() >= min && value.doubleValue() <= max;
        if (!fits) {
            fault(name, "must be from " + Plain.number(min) + " to " + Plain.number(max) + ", but was " + shown(value));
        }
        return fits;
    }

    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "the text \"" + shortened(value.textValue()) + "\"";
            case NULL -> "null";
            default -> shortened(value.asText());
        };
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }
}
