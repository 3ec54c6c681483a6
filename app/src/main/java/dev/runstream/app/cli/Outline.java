package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A result told to a person: single values first, a line each and indented, then lists of rows, then measures, the largest
 * table of them last, where it stays on the screen. Long lists and texts are shortened. Confined to one thread.
 */
final class Outline {
    /** What only repeats what was asked for. */
    static final Set<String> ECHOES = Set.of("input", "seed");

    private static final int MOST_LIST = 8;
    private static final int MOST_TEXT = 500;
    private static final int MOST_BARS = 24;
    private static final String INDENT = "  ";

    private final boolean isUnicode;
    private final List<String> lines = new ArrayList<>();
    private final List<Grid> rows = new ArrayList<>();
    private final List<Grid> measures = new ArrayList<>();

    private Outline(boolean isUnicode) {
        this.isUnicode = isUnicode;
    }

    static List<String> lines(JsonNode value, int columns, boolean isUnicode) {
        Outline outline = new Outline(isUnicode);
        outline.describe("", value, "", "");
        outline.measures.sort(Comparator.comparingInt(Grid::rows));
        List<String> told = new ArrayList<>(outline.lines);
        for (List<Grid> grids : List.of(outline.rows, outline.measures)) {
            for (Grid grid : grids) {
                if (!told.isEmpty()) {
                    told.add("");
                }
                told.addAll(grid.lines(columns, isUnicode));
            }
        }
        return told;
    }

    private void describe(String name, JsonNode value, String path, String indent) {
        String label = path.isEmpty() ? "" : Plain.line(name) + ":";
        if (isShort(value)) {
            lines.add(indent + label + (label.isEmpty() ? "" : " ") + shortly(value));
        } else if (!addGrid(Plain.line(path), value)) {
            int heading = lines.size();
            describeMembers(value, path, path.isEmpty() ? "" : indent + INDENT);
            if (!label.isEmpty() && lines.size() > heading) {
                lines.add(heading, indent + label);
            }
        }
    }

    private boolean addGrid(String path, JsonNode value) {
        Optional<Grid> measure = value.isObject() ? Measures.grid(path, value) : Optional.empty();
        // Longer lists tell more as bars.
        Optional<Grid> table = Rows.grid(path, value).filter(grid -> value.isArray() || grid.rows() <= Grid.MOST_ROWS);
        measure.ifPresentOrElse(measures::add, () -> table.ifPresent(rows::add));
        return measure.isPresent() || table.isPresent();
    }

    private void describeMembers(JsonNode value, String path, String indent) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (!path.isEmpty() || !ECHOES.contains(member.getKey())) {
                    describe(member.getKey(), member.getValue(), below(path, member.getKey()), indent);
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
            String name = Integer.toString(at++);
            describe(name, item, below(path, name), indent);
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
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

    private String shortly(JsonNode value) {
        if (value.isTextual()) {
            String text = Plain.text(value.textValue());
            return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + " ...";
        }
        Optional<double[]> many =
                NumberList.of(value).filter(NumberList::isMany).map(NumberList::values);
        if (many.isPresent()) {
            return bars(many.get());
        }
        if (value.isArray() && value.size() > MOST_LIST) {
            return "[" + shortly(value.get(0)) + ", ... " + shortly(value.get(value.size() - 1)) + "] (" + value.size()
                    + " values)";
        }
        return Plain.line(value.toString());
    }

    private String bars(double[] values) {
        return Bars.draw(values, MOST_BARS, isUnicode).stripTrailing() + " (" + values.length + " values, "
                + ShortNumber.of(Arrays.stream(values).min().orElse(0)) + " to "
                + ShortNumber.of(Arrays.stream(values).max().orElse(0)) + ")";
    }
}
