package dev.runstream.app.logging;

import dev.runstream.app.config.LogFormat;
import java.io.PrintStream;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Where every log line of the process goes: to one stream, in one format. */
public final class Logs {
    private Logs() {}

    /** From now on writes what is logged, from {@code info} up, to a stream; what was set up before is undone. */
    public static void begin(LogFormat format, PrintStream to) {
        Logger root = Logger.getLogger("");
        for (Handler before : root.getHandlers()) {
            root.removeHandler(before);
        }
        root.setLevel(Level.INFO);
        root.addHandler(new ToStream(to, format == LogFormat.JSON ? new JsonFormatter() : new TextFormatter()));
    }

    /** Writes whole lines, each in one call, so that lines of several threads never mix. Safe for any thread. */
    private static final class ToStream extends Handler {
        private final PrintStream stream;

        ToStream(PrintStream stream, Formatter formatter) {
            this.stream = stream;
            setFormatter(formatter);
        }

        @Override
        public void publish(LogRecord line) {
            if (isLoggable(line)) {
                stream.print(getFormatter().format(line));
            }
        }

        @Override
        public void flush() {
            stream.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
