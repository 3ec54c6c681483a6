package dev.runstream.app.logging;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * A line for a machine: an object with {@code time}, {@code level}, {@code logger}, {@code thread}, {@code message} and,
 * where something was thrown, its {@code stack}. Safe for any thread.
 */
final class JsonFormatter extends Formatter {
    @Override
    public String format(LogRecord line) {
        StringBuilder json =
                new StringBuilder("{\"time\":\"").append(line.getInstant()).append('"');
        add(json, "level", LogLine.level(line));
        add(json, "logger", LogLine.logger(line));
        // Records are formatted on the thread that logs; they themselves know only its number.
        add(json, "thread", Thread.currentThread().getName());
        add(json, "message", formatMessage(line));
        if (line.getThrown() != null) {
            add(json, "stack", LogLine.stack(line.getThrown()));
        }
        return json.append("}\n").toString();
    }

    private static void add(StringBuilder json, String name, String value) {
        json.append(",\"").append(name).append("\":\"");
        JsonStringEncoder.getInstance().quoteAsString(value, json);
        json.append('"');
    }
}
