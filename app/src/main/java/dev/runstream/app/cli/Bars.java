package dev.runstream.app.cli;

import java.util.Arrays;

/** Many numbers as a row of bars, one character each. Stateless. */
final class Bars {
    private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
    private static final String SIGNS = " .:-=+*#@";

    private Bars() {}

    /** At most {@code columns} bars; where there are more numbers, neighbours share one. A zero is a space. */
    static String draw(double[] values, int columns, boolean isUnicode) {
        int together = Math.max(1, Math.ceilDiv(values.length, Math.max(1, columns)));
        double[] heights = new double[Math.ceilDiv(values.length, together)];
        for (int at = 0; at < heights.length; at++) {
            int from = at * together;
            heights[at] = Arrays.stream(values, from, Math.min(values.length, from + together))
                    .average()
                    .orElse(0);
        }
        double least = Math.min(0, Arrays.stream(heights).min().orElse(0));
        double most = Arrays.stream(heights).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (double height : heights) {
            double part = most > least ? (height - least) / (most - least) : 0;
            bars.append((isUnicode ? BLOCKS : SIGNS).charAt((int) Math.ceil(part * (BLOCKS.length() - 1))));
        }
        return bars.toString();
    }
}
