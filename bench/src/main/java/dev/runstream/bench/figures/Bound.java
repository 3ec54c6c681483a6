package dev.runstream.bench.figures;

import java.util.Locale;

/** What a ratio is to be. */
public record Bound(boolean atMost, double limit) {
    public static Bound atMost(double limit) {
        return new Bound(true, limit);
    }

    public static Bound atLeast(double limit) {
        return new Bound(false, limit);
    }

    public boolean holds(double ratio) {
        return atMost ? ratio <= limit : ratio >= limit;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.4g", atMost ? "≤" : "≥", limit).replaceAll("\\.?0+$", "");
    }
}
