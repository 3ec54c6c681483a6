package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON told shortly to a person. Stateless. */
final class Outline {
    private static final int MOST_LIST = 8;
    private static final int MOST_TEXT = 500;
    /** What only repeats what was asked for. */
    private static final Set<String> ECHOES = Set.of("input", "seed");

    private Outline() {}

    /** The first values found, on one line: {@code net.tvpi.p50 2.31 · net.irr.p50 0.18}. */
    static String line(JsonNode value, int columns, boolean isUnicode) {
        List<String> leaves = new ArrayList<>();
        collect(value, "", leaves);
        return Width.cut(String.join(isUnicode ? " · " : ", ", leaves), columns, isUnicode);
    }

    private static void collect(JsonNode value, String path, List<String> leaves) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (!path.isEmpty() || !ECHOES.contains(member.getKey())) {
                    collect(member.getValue(), path.isEmpty() ? member.getKey() : path + "." + member.getKey(), leaves);
                }
            }
        } else if (value.isValueNode() && !value.isNull()) {
            leaves.add(Plain.line((path + " " + value.asText()).strip()));
        }
    }

    /** One value a line, indented; long lists and texts shortened. */
    static List<String> lines(JsonNode value) {
        List<String> lines = new ArrayList<>();
        if (isShort(value)) {
            lines.add(shortly(value));
        } else {
            describe(value, "", lines);
        }
        return lines;
    }

    private static void describe(JsonNode value, String indent, List<String> lines) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (!indent.isEmpty() || !ECHOES.contains(member.getKey())) {
                    describe(Plain.line(member.getKey()), member.getValue(), indent, lines);
                }
            }
            return;
        }
        int at = 0;
        for (JsonNode item : value) {
            if (at == MOST_LIST) {
                lines.add(indent + (value.size() - at) + " more");
                return;
            }
            describe(Integer.toString(at++), item, indent, lines);
        }
    }

    private static void describe(String name, JsonNode value, String indent, List<String> lines) {
        if (isShort(value)) {
            lines.add(indent + name + ": " + shortly(value));
        } else {
            lines.add(indent + name + ":");
            describe(value, indent + "  ", lines);
        }
    }

    private static boolean isShort(JsonNode value) {
        if (value.isArray()) {
            for (JsonNode item : value) {
                if (!item.isValueNode()) {
                    return false;
                }
            }
            return true;
        }
        return value.isValueNode() || value.isEmpty();
    }

    private static String shortly(JsonNode value) {
        if (value.isTextual()) {
            String text = Plain.text(value.textValue());
            return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + " ...";
        }
        if (value.isArray() && value.size() > MOST_LIST) {
            return "[" + shortly(value.get(0)) + ", ... " + shortly(value.get(value.size() - 1)) + "] (" + value.size()
                    + " values)";
        }
        return Plain.line(value.toString());
    }
}
