package dev.runstream.agents.fund;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import dev.runstream.core.agent.RawJson;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;

/** Writes what {@code partial} and {@code complete} say of the paths so far. Confined to one thread. */
final class FundReport {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DECIMALS = 4;
    private static final double[] SHARES = {0.05, 0.25, 0.5, 0.75, 0.95};
    private static final String[] SHARE_KEYS = {"p5", "p25", "p50", "p75", "p95"};

    private final FundPlan plan;
    private final ObjectNode input;
    private final ArrayNode convergence = NODES.arrayNode();

    FundReport(FundPlan plan) {
        this.plan = plan;
        input = FundInputJson.of(plan.input());
    }

    /** Keeps the medians at this number of paths, for every report from now on. */
    void mark(Tally tally) {
        ObjectNode point = convergence.addObject();
        point.put("paths", tally.paths());
        median(point.putObject("netTvpi"), tally.of(Measure.NET_TVPI));
        median(point.putObject("netIrr"), tally.of(Measure.NET_IRR));
    }

    RawJson of(Tally tally) {
        ObjectNode report = NODES.objectNode();
        report.put("paths", tally.paths());
        report.put("total", plan.input().paths());
        report.put("seed", plan.input().seed().orElseThrow());
        report.set("input", input);
        report.set("derived", derived());
        ObjectNode metrics = report.putObject("metrics");
        for (Measure measure : Measure.values()) {
            metrics.set(measure.key(), metric(tally, measure));
        }
        QuantileSketch netTvpi = tally.of(Measure.NET_TVPI);
        ObjectNode probabilities = report.putObject("probabilities");
        probabilities.set("netTvpiAtLeast1", probability(netTvpi.countFrom(1), tally.paths()));
        probabilities.set("netTvpiAtLeast3", probability(netTvpi.countFrom(3), tally.paths()));
        report.set("byYear", byYear(tally));
        report.set("convergence", convergence);
        return new RawJson(PlainJson.text(report));
    }

    private ObjectNode derived() {
        ObjectNode derived = NODES.objectNode();
        derived.set("lpCommitments", PlainJson.rounded(plan.lpCommitments(), 0));
        derived.set("managementFees", PlainJson.rounded(plan.managementFees(), 0));
        derived.set("expenses", PlainJson.rounded(plan.expenses(), 0));
        derived.set("investable", PlainJson.rounded(plan.investable(), 0));
        derived.set("initialCapital", PlainJson.rounded(plan.initialCapital(), 0));
        derived.set("reserves", PlainJson.rounded(plan.reserves(), 0));
        derived.put("cheques", plan.cheques());
        ArrayNode byStage = derived.putArray("chequesByStage");
        for (int stage = 0; stage < plan.input().stages().size(); stage++) {
            byStage.add(plan.chequesAt(stage));
        }
        return derived;
    }

    private static ObjectNode metric(Tally tally, Measure measure) {
        QuantileSketch sketch = tally.of(measure);
        ObjectNode metric = NODES.objectNode();
        metric.set("mean", rounded(sketch.mean()));
        metric.set("min", rounded(sketch.min()));
        for (int i = 0; i < SHARES.length; i++) {
            metric.set(SHARE_KEYS[i], rounded(sketch.quantile(SHARES[i])));
        }
        metric.set("max", rounded(sketch.max()));
        standardError(metric, sketch);
        if (tally.without(measure) > 0 || measure.multiple().isPresent()) {
            metric.set("none", none(tally, measure));
        }
        double[] edges = measure.scale().edges();
        ObjectNode histogram = metric.putObject("histogram");
        ArrayNode edgesNode = histogram.putArray("edges");
        ArrayNode counts = histogram.putArray("counts");
        for (double edge : edges) {
            edgesNode.add(rounded(edge));
        }
        for (long count : sketch.countsFrom(edges)) {
            counts.add(count);
        }
        return metric;
    }

    /** How many paths have no such figure; of a rate of return also why. */
    private static ObjectNode none(Tally tally, Measure measure) {
        long without = tally.without(measure);
        ObjectNode none = share(without, tally.paths());
        measure.multiple().ifPresent(multiple -> {
            long nothingBack = tally.of(multiple).atOrigin();
            none.set("nothingBack", share(nothingBack, tally.paths()));
            none.set("noRoot", share(without - nothingBack, tally.paths()));
        });
        return none;
    }

    private ObjectNode byYear(Tally tally) {
        int years = plan.input().fund().lifeYears();
        ObjectNode byYear = NODES.objectNode();
        ArrayNode numbers = byYear.putArray("years");
        for (int year = 1; year <= years; year++) {
            numbers.add(year);
        }
        for (YearSeries series : YearSeries.values()) {
            byYear.set(series.key(), fan(years, year -> tally.of(series, year), unit(series)));
        }
        return byYear;
    }

    private DoubleUnaryOperator unit(YearSeries series) {
        return series == YearSeries.NET_CASH_FLOW
                ? value -> Math.rint(value * plan.lpCommitments())
                : DoubleUnaryOperator.identity();
    }

    private static ObjectNode fan(int years, IntFunction<QuantileSketch> ofYear, DoubleUnaryOperator unit) {
        ObjectNode fan = NODES.objectNode();
        for (int i = 0; i < SHARES.length; i++) {
            ArrayNode values = fan.putArray(SHARE_KEYS[i]);
            for (int year = 0; year < years; year++) {
                values.add(rounded(unit.applyAsDouble(ofYear.apply(year).quantile(SHARES[i]))));
            }
        }
        // Every year counts every path, so there is an error for all of them or for none.
        ArrayNode errors = NODES.arrayNode();
        for (int year = 0; year < years; year++) {
            ofYear.apply(year).medianError().ifPresent(error -> errors.add(rounded(unit.applyAsDouble(error))));
        }
        if (!errors.isEmpty()) {
            fan.set("standardError", errors);
        }
        return fan;
    }

    private static void median(ObjectNode node, QuantileSketch sketch) {
        node.set("p50", rounded(sketch.quantile(0.5)));
        standardError(node, sketch);
    }

    private static void standardError(ObjectNode node, QuantileSketch sketch) {
        sketch.medianError().ifPresent(error -> node.set("standardError", rounded(error)));
    }

    private static ObjectNode share(long count, long of) {
        ObjectNode node = NODES.objectNode();
        node.put("paths", count);
        node.set("percent", rounded(of == 0 ? 0 : 100.0 * (double) count / (double) of));
        return node;
    }

    private static ObjectNode probability(long count, long of) {
        ObjectNode node = share(count, of);
        if (of > 1) {
            double share = (double) count / (double) of;
            node.set("standardError", rounded(100 * Math.sqrt(share * (1 - share) / (double) of)));
        }
        return node;
    }

    private static ValueNode rounded(double value) {
        return PlainJson.rounded(value, DECIMALS);
    }
}
