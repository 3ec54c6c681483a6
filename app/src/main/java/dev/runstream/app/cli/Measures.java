package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds measures: objects that share numbers of the same names, such as {@code p5}, {@code p50} and {@code p95}. Stateless.
 */
final class Measures {
    /** Of several figures of one thing, the one that stands for it, the first that is there. */
    private static final List<String> MIDDLES = List.of("p50", "median", "mean");

    private static final Pattern PERCENTILE = Pattern.compile("p\\d{1,2}|median");

    private static final int BARS = 1;
    private static final int AFTER_BARS = 2;

    private Measures() {}

    /** The one of these names whose figure stands for all, if any does. */
    static Optional<String> middleOf(Set<String> names) {
        return MIDDLES.stream().filter(names::contains).findFirst();
    }

    /** The name of the number that stands for all of an object, if any does. */
    static Optional<String> middleOf(JsonNode measure) {
        return MIDDLES.stream().filter(name -> measure.path(name).isNumber()).findFirst();
    }

    /** The members of an object as one grid, a row for each, where all of them are measures of the same kind. */
    static Optional<Grid> grid(String title, JsonNode object) {
        Set<String> shared = sharedNumbers(object);
        if (object.size() < 2 || shared.size() < 2) {
            return Optional.empty();
        }
        List<Grid.Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> names.add(Plain.line(name)));
        columns.add(new Grid.Texts("", 0, false, names));
        boolean hasPercentiles =
                shared.stream().anyMatch(name -> PERCENTILE.matcher(name).matches());
        for (String name : shared) {
            List<String> cells = new ArrayList<>();
            object.forEach(
                    measure -> cells.add(ShortNumber.of(measure.path(name).doubleValue())));
            boolean isFirst = !hasPercentiles || PERCENTILE.matcher(name).matches();
            columns.add(new Grid.Texts(Plain.line(name), isFirst ? 0 : AFTER_BARS + columns.size(), true, cells));
        }
        bars(object).ifPresent(columns::add);
        return Optional.of(new Grid(title, columns));
    }

    /** The names of the numbers that every member has; none where a member is no object, or holds more than numbers. */
    private static Set<String> sharedNumbers(JsonNode object) {
        Set<String> shared = new LinkedHashSet<>();
        boolean isFirst = true;
        for (JsonNode member : object) {
            Set<String> numbers = new LinkedHashSet<>();
            for (Map.Entry<String, JsonNode> figure : member.properties()) {
                if (figure.getValue().isNumber()) {
                    numbers.add(figure.getKey());
                } else if (figure.getValue().isValueNode()) {
                    return Set.of();
                }
            }
            if (isFirst) {
                shared.addAll(numbers);
            }
            shared.retainAll(numbers);
            isFirst = false;
        }
        return shared;
    }

    /** The distributions of the measures, if they have any. */
    private static Optional<Grid.Column> bars(JsonNode object) {
        List<double[]> cells = new ArrayList<>();
        String name = "";
        for (JsonNode measure : object) {
            double[] distribution = new double[0];
            for (Map.Entry<String, JsonNode> member : measure.properties()) {
                Optional<double[]> found = distribution(member.getValue());
                if (found.isPresent()) {
                    name = Plain.line(member.getKey());
                    distribution = found.get();
                }
            }
            cells.add(distribution);
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(new Grid.Numbers(name, BARS, cells));
    }

    private static Optional<double[]> distribution(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .flatMap(member -> distribution(member.getValue()).stream())
                    .findFirst();
        }
        return NumberList.of(value)
                .filter(numbers -> numbers.isMany() && !numbers.isScale())
                .map(NumberList::values);
    }
}
