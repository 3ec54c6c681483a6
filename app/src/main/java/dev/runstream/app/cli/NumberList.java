package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.IntStream;

/** An array of numbers. Immutable: nobody writes to the values. */
record NumberList(double[] values) {
    /** More than a person reads one by one. */
    private static final int MANY = 9;

    /** The numbers of an array that holds nothing else. */
    static Optional<NumberList> of(JsonNode value) {
        if (!value.isArray() || value.isEmpty()) {
            return Optional.empty();
        }
        for (JsonNode item : value) {
            if (!item.isNumber()) {
                return Optional.empty();
            }
        }
        return Optional.of(new NumberList(IntStream.range(0, value.size())
                .mapToDouble(at -> value.get(at).doubleValue())
                .toArray()));
    }

    boolean isMany() {
        return values.length >= MANY;
    }

    /** Whether each is greater than the one before, as with the edges of a histogram, or years. */
    boolean isScale() {
        return IntStream.range(1, values.length).allMatch(at -> values[at] > values[at - 1]);
    }
}
