package dev.runstream.app.config;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The flags of `worker`, for its command line. Stateless. */
public final class WorkerOptions {
    private static final Flags FLAGS = new Flags(WorkerSettings.GROUPS);

    private WorkerOptions() {}

    /** Adds every flag to the command, in the groups of its help. */
    public static void addTo(CommandSpec command) {
        FLAGS.addTo(command);
    }

    /** Reads the flags of a parsed command line and the environment. */
    public static Outcome<WorkConfiguration> read(
            ParseResult parsed, Map<String, String> environment, Machine machine) {
        return new WorkerReader(FLAGS.given(parsed), environment, machine).read();
    }
}
