package dev.runstream.app.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** What a record of the JDK's logging says, in the words of slf4j. Stateless. */
final class LogLine {
    private LogLine() {}

    static String level(LogRecord line) {
        int level = line.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (level >= Level.WARNING.intValue()) {
            return "warn";
        }
        if (level >= Level.INFO.intValue()) {
            return "info";
        }
        return level >= Level.FINE.intValue() ? "debug" : "trace";
    }

    static String logger(LogRecord line) {
        String name = line.getLoggerName();
        return name == null ? "" : name;
    }

    /** The stack trace, empty where there is none. */
    static String stack(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }
}
