package dev.runstream.bench;

import dev.runstream.bench.figures.Figure;
import dev.runstream.bench.figures.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The results as a table in Markdown: of each variant the median, and between which values the rounds lay. */
final class Table {
    private static final String HEAD = """
            | what | variant | ours | against | ratio: median (least–most) | wanted | |
            |---|---|---|---|---|---|---|
            """;

    private final StringBuilder lines = new StringBuilder(HEAD);

    /** Adds a line for each variant, and returns those lines. */
    String add(Figure figure, List<Sample> samples) {
        Map<String, List<Sample>> byVariant = new LinkedHashMap<>();
        samples.forEach(sample -> byVariant
                .computeIfAbsent(sample.variant(), _ -> new ArrayList<>())
                .add(sample));
        StringBuilder added = new StringBuilder();
        boolean isOneMet = byVariant.entrySet().stream().anyMatch(of -> isMet(figure, of.getKey(), of.getValue()));
        String otherwise = figure.isOneEnough() && isOneMet ? "not needed" : "**missed**";
        byVariant.forEach((variant, rounds) ->
                added.append(line(figure, variant, rounds, isMet(figure, variant, rounds) ? "met" : otherwise)));
        lines.append(added);
        return added.toString();
    }

    private static boolean isMet(Figure figure, String variant, List<Sample> rounds) {
        return figure.bound(variant).holds(median(rounds, Sample::ratio));
    }

    private static String line(Figure figure, String variant, List<Sample> rounds, String verdict) {
        double ratio = median(rounds, Sample::ratio);
        return "| %s | %s | %s %s | %s %s | **%s** (%s–%s) | %s | %s |%n"
                .formatted(
                        figure.title(),
                        variant,
                        number(median(rounds, Sample::ours)),
                        figure.unit(),
                        number(median(rounds, Sample::reference)),
                        figure.unit(),
                        number(ratio),
                        number(rounds.stream().mapToDouble(Sample::ratio).min().orElseThrow()),
                        number(rounds.stream().mapToDouble(Sample::ratio).max().orElseThrow()),
                        figure.bound(variant),
                        verdict);
    }

    private static double median(List<Sample> rounds, ToDoubleFunction<Sample> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        return value >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
