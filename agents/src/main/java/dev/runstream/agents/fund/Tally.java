package dev.runstream.agents.fund;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The distributions of all figures over the paths counted so far; its size does not depend on their number.
 *
 * <p>Merging gives the same bits in any order and grouping. Confined to one thread at a time.
 */
final class Tally {
    private final Map<Measure, Figure> figures = new EnumMap<>(Measure.class);
    private final Map<YearSeries, QuantileSketch[]> years = new EnumMap<>(YearSeries.class);
    private long paths;

    Tally(int lifeYears) {
        for (Measure measure : Measure.values()) {
            figures.put(measure, new Figure(measure));
        }
        for (YearSeries series : YearSeries.values()) {
            QuantileSketch[] sketches = new QuantileSketch[lifeYears];
            for (int year = 0; year < lifeYears; year++) {
                sketches[year] = series.sketch();
            }
            years.put(series, sketches);
        }
    }

    void add(PathOutcome outcome) {
        paths++;
        figures.forEach((measure, figure) -> figure.add(measure.of(outcome)));
        years.forEach((series, sketches) -> {
            double[] values = series.of(outcome);
            for (int year = 0; year < sketches.length; year++) {
                sketches[year].add(values[year]);
            }
        });
    }

    void addAll(Tally other) {
        paths += other.paths;
        figures.forEach((measure, figure) -> figure.addAll(other.figure(measure)));
        years.forEach((series, sketches) -> {
            for (int year = 0; year < sketches.length; year++) {
                sketches[year].addAll(other.of(series, year));
            }
        });
    }

    void clear() {
        paths = 0;
        figures.values().forEach(Figure::clear);
        for (QuantileSketch[] sketches : years.values()) {
            for (QuantileSketch sketch : sketches) {
                sketch.clear();
            }
        }
    }

    long paths() {
        return paths;
    }

    QuantileSketch of(Measure measure) {
        return figure(measure).sketch;
    }

    /** How many paths do not have the figure. */
    long without(Measure measure) {
        return figure(measure).without;
    }

    /** @param year from 0 */
    QuantileSketch of(YearSeries series, int year) {
        return Objects.requireNonNull(years.get(series))[year];
    }

    private Figure figure(Measure measure) {
        return Objects.requireNonNull(figures.get(measure));
    }

    /** One measure's values, and how many paths had none. */
    private static final class Figure {
        private final QuantileSketch sketch;
        private final double standIn;
        private long without;

        Figure(Measure measure) {
            sketch = measure.scale().sketch();
            standIn = measure.scale().standIn();
        }

        void add(double value) {
            if (!Double.isNaN(value)) {
                sketch.add(value);
                return;
            }
            without++;
            if (!Double.isNaN(standIn)) {
                sketch.add(standIn);
            }
        }

        void addAll(Figure other) {
            sketch.addAll(other.sketch);
            without += other.without;
        }

        void clear() {
            sketch.clear();
            without = 0;
        }
    }
}
