package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what is a table by itself: an array of objects that are alike, or an object of lists as long as one another. Stateless. */
final class Rows {
    private static final int MOST_TEXT = 24;
    private static final int LEAST_SERIES = 3;

    private Rows() {}

    /** The grid that a value is, if it is one. */
    static Optional<Grid> grid(String title, JsonNode value) {
        Map<String, List<JsonNode>> columns = value.isArray() ? ofObjects(value) : ofLists(value);
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        List<Grid.Column> shown = new ArrayList<>();
        columns.forEach((name, cells) -> shown.add(new Grid.Texts(
                Plain.line(name),
                rank(name, columns.keySet()),
                cells.stream().allMatch(JsonNode::isNumber),
                cells.stream().map(Rows::cell).toList())));
        return Optional.of(new Grid(title, shown));
    }

    private static Map<String, List<JsonNode>> ofObjects(JsonNode array) {
        Map<String, List<JsonNode>> columns = new LinkedHashMap<>();
        for (JsonNode row : array) {
            Map<String, JsonNode> cells = flat(row);
            boolean isFirst = columns.isEmpty();
            boolean isAlike = isFirst || cells.keySet().equals(columns.keySet());
            if (cells.isEmpty() || !isAlike || !cells.values().stream().allMatch(Rows::isCell)) {
                return Map.of();
            }
            cells.forEach((name, cell) ->
                    columns.computeIfAbsent(name, absent -> new ArrayList<>()).add(cell));
        }
        return array.size() < 2 ? Map.of() : columns;
    }

    private static Map<String, List<JsonNode>> ofLists(JsonNode object) {
        Map<String, List<JsonNode>> columns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> list : flat(object).entrySet()) {
            if (NumberList.of(list.getValue()).isEmpty()) {
                return Map.of();
            }
            List<JsonNode> cells = new ArrayList<>();
            list.getValue().forEach(cells::add);
            columns.put(list.getKey(), cells);
        }
        Set<Integer> lengths = columns.values().stream().map(List::size).collect(Collectors.toSet());
        boolean isTable =
                columns.size() > 1 && lengths.size() == 1 && lengths.iterator().next() >= LEAST_SERIES;
        return isTable ? columns : Map.of();
    }

    /** The members of an object and of the objects in it, these by both their names. */
    private static Map<String, JsonNode> flat(JsonNode object) {
        Map<String, JsonNode> flat = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            if (member.getValue().isObject()) {
                for (Map.Entry<String, JsonNode> inner : member.getValue().properties()) {
                    flat.put(member.getKey() + "." + inner.getKey(), inner.getValue());
                }
            } else {
                flat.put(member.getKey(), member.getValue());
            }
        }
        return flat;
    }

    /** Of the figures of one thing only the one that stands for all is there whatever the room. */
    private static int rank(String name, Set<String> all) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return 0;
        }
        String group = name.substring(0, dot + 1);
        Set<String> figures = all.stream()
                .filter(other -> other.startsWith(group))
                .map(other -> other.substring(group.length()))
                .collect(Collectors.toSet());
        boolean isFirst =
                Measures.middleOf(figures).map(name.substring(dot + 1)::equals).orElse(true);
        return isFirst ? 0 : 1;
    }

    /** Longer texts are better read on lines of their own. */
    private static boolean isCell(JsonNode value) {
        return value.isValueNode() && (!value.isTextual() || value.textValue().length() <= MOST_TEXT);
    }

    private static String cell(JsonNode value) {
        if (value.isNumber()) {
            return ShortNumber.of(value.doubleValue());
        }
        return value.isNull() ? "-" : Plain.line(value.asText());
    }
}
