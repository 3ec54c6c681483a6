package dev.runstream.app.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The flags of `serve`, for its command line. Stateless. */
public final class ServeOptions {
    private static final Flags FLAGS = new Flags(ServeSettings.GROUPS);

    private ServeOptions() {}

    /** Adds every flag to the command, in the groups of its help. */
    public static void addTo(CommandSpec command) {
        FLAGS.addTo(command);
    }

    /** Reads the flags of a parsed command line and the environment. */
    public static Outcome<ServeConfiguration> read(
            ParseResult parsed, Map<String, String> environment, Machine machine) {
        return new ServeReader(FLAGS.given(parsed), environment, machine).read();
    }

    /** Variables that look like settings of ours and are none: misspelt, most likely. In their natural order. */
    public static List<String> unknownVariables(Map<String, String> environment) {
        Set<String> known = FLAGS.settings().stream().map(Setting::variable).collect(Collectors.toSet());
        known.addAll(Set.of("RUNSTREAM_LLM_API_KEY", "RUNSTREAM_SERVER", "RUNSTREAM_MEMORY", "RUNSTREAM_JAVA_OPTS"));
        return environment.keySet().stream()
                .filter(name -> name.startsWith("RUNSTREAM_") && !known.contains(name))
                // Kubernetes sets these for a service named runstream.
                .filter(name -> !name.startsWith("RUNSTREAM_SERVICE_") && !name.startsWith("RUNSTREAM_PORT_"))
                .sorted()
                .toList();
    }
}
