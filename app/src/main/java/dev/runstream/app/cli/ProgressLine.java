package dev.runstream.app.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws a {@link Progress} on one line that fits a width: the less room, the less it tells. Stateless.
 */
final class ProgressLine {
    private static final int MOST_BAR = 40;
    private static final int LEAST_BAR = 8;
    /** Parts that matter more than a bar: percent, time and counts. */
    private static final int BEFORE_SPEED = 3;

    private ProgressLine() {}

    static String draw(Progress progress, int columns, boolean isUnicode, boolean colours) {
        String state = progress.state() + (progress.attempt() > 1 ? " (attempt " + progress.attempt() + ")" : "");
        List<String> parts = parts(progress);
        // The most important come first, so the last give way: the speed to the bar, the rest to the width.
        int barRoom = progress.total() > 0 ? LEAST_BAR + 2 : 0;
        while (parts.size() > BEFORE_SPEED && length(state, parts) + barRoom > columns) {
            parts.removeLast();
        }
        while (!parts.isEmpty() && length(state, parts) > columns) {
            parts.removeLast();
        }
        String told = parts.isEmpty() ? "" : "  " + String.join("  ", parts);
        int room = columns - state.length() - told.length() - 2;
        String bar = progress.total() > 0 && room >= LEAST_BAR
                ? "  " + bar(progress, Math.min(room, MOST_BAR), isUnicode, colours)
                : "";
        return Width.cut(state, columns, isUnicode) + bar + told;
    }

    private static int length(String state, List<String> parts) {
        return state.length()
                + parts.stream().mapToInt(part -> part.length() + 2).sum();
    }

    private static List<String> parts(Progress progress) {
        List<String> parts = new ArrayList<>();
        if (progress.total() > 0) {
            parts.add("%3d%%".formatted(percent(progress)));
        }
        parts.add(clock(progress.elapsed()));
        if (progress.total() > 0) {
            parts.add(ShortNumber.of((double) progress.done()) + "/" + ShortNumber.of((double) progress.total()));
        } else if (progress.done() > 0) {
            parts.add(ShortNumber.of((double) progress.done()) + " done");
        }
        progress.perSecond().ifPresent(rate -> {
            parts.add(ShortNumber.of(rate) + "/s");
            if (progress.total() > progress.done()) {
                parts.add(clock(Duration.ofMillis((long) ((progress.total() - progress.done()) / rate * 1000)))
                        + " left");
            }
        });
        return parts;
    }

    private static long percent(Progress progress) {
        return Math.clamp((long) (100.0 * progress.done() / progress.total()), 0, 100);
    }

    private static String bar(Progress progress, int width, boolean isUnicode, boolean colours) {
        int full = (int) Math.clamp((double) width * progress.done() / progress.total(), 0, width);
        String done = (isUnicode ? "█" : "#").repeat(full);
        String open = (isUnicode ? "░" : "-").repeat(width - full);
        return colours ? Paint.GREEN.on(done) + Paint.DIM.on(open) : done + open;
    }

    /** {@code 0:07}, {@code 12:30}, {@code 1:02:03}. */
    static String clock(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
