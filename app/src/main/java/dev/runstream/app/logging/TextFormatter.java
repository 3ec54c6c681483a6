package dev.runstream.app.logging;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * A line for a person: {@code 2026-01-31T12:00:00.123Z INFO  Server: it listens}. Safe for any thread.
 *
 * <p>A message stays one line, so that nobody can make up lines of the log; only stack traces follow on lines of their
 * own.
 */
final class TextFormatter extends Formatter {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord line) {
        Instant at = line.getInstant();
        String name = LogLine.logger(line);
        return MILLIS.format(at)
                + " %-5s ".formatted(LogLine.level(line).toUpperCase(Locale.ROOT))
                + name.substring(name.lastIndexOf('.') + 1)
                + ": "
                + onOneLine(formatMessage(line))
                + "\n"
                + LogLine.stack(line.getThrown());
    }

    private static String onOneLine(String message) {
        StringBuilder line = new StringBuilder(message.length());
        for (int at = 0; at < message.length(); at++) {
            char c = message.charAt(at);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                default -> line.append(Character.isISOControl(c) && c != '\t' ? '?' : c);
            }
        }
        return line.toString();
    }
}
