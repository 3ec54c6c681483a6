package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The result so far on one line: {@code netTvpi 1.69 · netIrr 8.31}. What moves comes before what has been the same in every
 * partial, and the middle of a measure before other values. Confined to one thread.
 */
final class LiveLine {
    private final Map<String, String> firstSeen = new HashMap<>();
    private final Set<String> moved = new HashSet<>();
    private List<Leaf> leaves = List.of();

    /** Takes the result so far. */
    void take(JsonNode partial) {
        List<Leaf> found = new ArrayList<>();
        collect(partial, "", "", found);
        for (Leaf leaf : found) {
            String before = firstSeen.putIfAbsent(leaf.path, leaf.text);
            if (before != null && !before.equals(leaf.text)) {
                moved.add(leaf.path);
            }
        }
        leaves = found;
    }

    void forget() {
        firstSeen.clear();
        moved.clear();
        leaves = List.of();
    }

    /** As much of it as fits; empty where there is nothing to tell. */
    String draw(int columns, boolean isUnicode) {
        List<String> told = leaves.stream()
                .sorted(Comparator.comparing((Leaf leaf) -> !moved.contains(leaf.path))
                        .thenComparing(leaf -> !leaf.isMiddle))
                .map(leaf -> (leaf.label + " " + leaf.text).strip())
                .toList();
        return Width.cut(String.join(isUnicode ? " · " : ", ", told), columns, isUnicode);
    }

    private static void collect(JsonNode value, String path, String name, List<Leaf> leaves) {
        if (value.isObject()) {
            Optional<String> middle = name.isEmpty() ? Optional.empty() : Measures.middleOf(value);
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                String key = member.getKey();
                String below = path.isEmpty() ? key : path + "." + key;
                if (middle.filter(key::equals).isPresent()) {
                    leaves.add(new Leaf(below, Plain.line(name), text(member.getValue()), true));
                } else if (!path.isEmpty() || !Outline.ECHOES.contains(key)) {
                    collect(member.getValue(), below, key, leaves);
                }
            }
        } else if (value.isValueNode() && !value.isNull()) {
            leaves.add(new Leaf(path, Plain.line(path), text(value), false));
        }
    }

    private static String text(JsonNode value) {
        return value.isNumber() ? ShortNumber.of(value.doubleValue()) : Plain.line(value.asText());
    }

    /** @param isMiddle whether it stands for the measure it is of, whose name then is its label */
    private record Leaf(String path, String label, String text, boolean isMiddle) {}
}
