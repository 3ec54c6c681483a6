package dev.runstream.app.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How durations, sizes and counts are written: {@code 250ms}, {@code 10MB} (powers of 1024), {@code 10000}. */
final class Quantities {
    /** Fifteen digits stay within a long, whatever the unit makes of a sensible number. */
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,15}");

    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]{1,15})([A-Za-z]{1,2})");

    private Quantities() {}

    static Optional<Long> wholeNumber(String text) {
        return WHOLE.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    static String showCount(long count) {
        return Long.toString(count);
    }

    static Kind<Duration> duration(Duration least, Duration most) {
        return new Kind<>(
                "DURATION",
                "a duration from %s to %s, such as 250ms, 25s, 5m or 24h"
                        .formatted(showDuration(least), showDuration(most)),
                text -> readDuration(text).filter(given -> given.compareTo(least) >= 0 && given.compareTo(most) <= 0),
                Quantities::showDuration);
    }

    /** A duration, or {@code none}, which is zero. */
    static Kind<Duration> durationOrNone(Duration least, Duration most) {
        Kind<Duration> some = duration(least, most);
        return new Kind<>(
                some.label(),
                "none, or " + some.allowed(),
                text -> text.equals("none")
                        ? Optional.of(Duration.ZERO)
                        : some.reader().apply(text),
                value -> value.isZero() ? "none" : showDuration(value));
    }

    static Kind<Long> size(long least, long most) {
        return new Kind<>(
                "SIZE",
                "a size from %s to %s, such as 256KB, 10MB or 10GB".formatted(showSize(least), showSize(most)),
                text -> readSize(text).filter(given -> given >= least && given <= most),
                Quantities::showSize);
    }

    static Optional<Duration> readDuration(String text) {
        Matcher given = WITH_UNIT.matcher(text);
        if (!given.matches()) {
            return Optional.empty();
        }
        long millisOfUnit = switch (given.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 0;
        };
        return millisOfUnit == 0
                ? Optional.empty()
                : product(given.group(1), millisOfUnit).map(Duration::ofMillis);
    }

    static Optional<Long> readSize(String text) {
        Matcher given = WITH_UNIT.matcher(text);
        if (!given.matches()) {
            return Optional.empty();
        }
        int power = "B KB MB GB TB ".indexOf(given.group(2).toUpperCase(Locale.ROOT) + " ");
        return switch (power) {
            case 0 -> product(given.group(1), 1);
            case 2 -> product(given.group(1), 1L << 10);
            case 5 -> product(given.group(1), 1L << 20);
            case 8 -> product(given.group(1), 1L << 30);
            case 11 -> product(given.group(1), 1L << 40);
            default -> Optional.empty();
        };
    }

    private static Optional<Long> product(String number, long unit) {
        long count = Long.parseLong(number);
        return count > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(count * unit);
    }

    /** In the largest unit that leaves a whole number of at least 2, so that a minute reads as 60s. */
    static String showDuration(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 3_600_000 == 0 && millis >= 2 * 3_600_000) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0 && millis >= 2 * 60_000) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    static String showSize(long bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB"};
        int unit = 0;
        long count = bytes;
        while (count != 0 && count % 1024 == 0 && unit < units.length - 1) {
            count /= 1024;
            unit++;
        }
        return count + units[unit];
    }
}
