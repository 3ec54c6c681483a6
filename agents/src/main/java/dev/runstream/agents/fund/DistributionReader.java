package dev.runstream.agents.fund;

import com.fasterxml.jackson.databind.JsonNode;
import dev.runstream.agents.fund.Distribution.Fixed;
import dev.runstream.agents.fund.Distribution.MeanLognormal;
import dev.runstream.agents.fund.Distribution.MedianLognormal;
import dev.runstream.agents.fund.Distribution.Power;
import dev.runstream.agents.fund.Distribution.Uniform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a distribution: a plain number, or an object with a {@code type}. */
final class DistributionReader {
    private static final List<String> TYPES = List.of("lognormal", "fixed", "uniform", "power");
    /** Of what a lognormal or power law is told by, which cannot reach 0. */
    private static final double SMALLEST = 1e-6;

    private DistributionReader() {}

    /** The distribution, or the fallback where it is not given or wrong. */
    static Distribution read(JsonFields parent, String name, Distribution fallback, double max) {
        JsonNode node = parent.given(name);
        if (node == null) {
            return fallback;
        }
        if (node.isNumber()) {
            return new Fixed(parent.number(name, fallback.median(), 0, max));
        }
        if (!node.isObject()) {
            parent.fault(name, "must be a number, or an object with a type of " + String.join(", ", TYPES));
            return fallback;
        }
        int before = parent.faults().size();
        JsonFields fields = parent.object(name);
        Distribution read = ofType(fields, max);
        fields.refuseUnknown();
        return read == null || parent.faults().size() > before ? fallback : read;
    }

    private static @Nullable Distribution ofType(JsonFields fields, double max) {
        int before = fields.faults().size();
        String type = fields.text("type", TYPES.getFirst(), 20);
        if (fields.faults().size() > before) {
            return unknown(fields);
        }
        return switch (type) {
            case "lognormal" -> lognormal(fields, max);
            case "fixed" -> new Fixed(required(fields, "value", 0, max));
            case "uniform" -> {
                double min = required(fields, "min", 0, max);
                yield new Uniform(min, required(fields, "max", min, max));
            }
            case "power" -> {
                double alpha = required(fields, "alpha", 0.1, 20);
                double min = required(fields, "min", SMALLEST, max);
                yield new Power(alpha, min, required(fields, "max", min, max));
            }
            default -> {
                fields.fault("type", "must be one of " + String.join(", ", TYPES) + ", but was \"" + type + "\"");
                yield unknown(fields);
            }
        };
    }

    /** Lets every type's fields pass: which of them are right is not known while the type is wrong. */
    private static @Nullable Distribution unknown(JsonFields fields) {
        List.of("median", "p90", "mean", "sigma", "value", "min", "max", "alpha")
                .forEach(fields::has);
        return null;
    }

    private static Distribution lognormal(JsonFields fields, double max) {
        if (fields.has("mean") || fields.has("sigma")) {
            for (String other : List.of("median", "p90")) {
                if (fields.has(other)) {
                    fields.fault(other, "give either median and p90, or mean and sigma");
                }
            }
            double mean = required(fields, "mean", SMALLEST, max);
            return new MeanLognormal(mean, required(fields, "sigma", 0, 5));
        }
        double median = required(fields, "median", SMALLEST, max);
        return new MedianLognormal(median, required(fields, "p90", median, max));
    }

    /** The number; where it is missing or wrong that is noted, and the smallest one stands in. */
    private static double required(JsonFields fields, String name, double min, double max) {
        if (!fields.has(name)) {
            fields.fault(name, "is required here");
        }
        return fields.number(name, min, min, max);
    }
}
