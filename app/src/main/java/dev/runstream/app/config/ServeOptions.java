package dev.runstream.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of `serve`, for its command line. Stateless. */
public final class ServeOptions {
    private ServeOptions() {}

    /** Adds every flag to the command, in the groups of its help. */
    public static void addTo(CommandSpec command) {
        for (ServeSettings.Group group : ServeSettings.GROUPS) {
            ArgGroupSpec.Builder shown =
                    ArgGroupSpec.builder().validate(false).heading("%n@|bold " + group.heading() + "|@%n");
            group.settings().forEach(setting -> shown.addArg(option(setting)));
            command.addArgGroup(shown.build());
        }
    }

    private static OptionSpec option(Setting<?> setting) {
        List<String> description = new ArrayList<>(setting.description());
        description.add("Default: " + setting.defaultText().replace("%", "%%"));
        OptionSpec.Builder option = OptionSpec.builder(setting.flag())
                .description(String.join(" ", description))
                .paramLabel(setting.kind().label());
        if (setting.equals(ServeSettings.INSECURE)) {
            return option.type(String.class).arity("0..1").fallbackValue("true").build();
        }
        return setting.repeatable()
                ? option.type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .build()
                : option.type(String.class).arity("1").build();
    }

    /** Reads the flags of a parsed command line and the environment. */
    public static ServeOutcome read(ParseResult parsed, Map<String, String> environment, Machine machine) {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (Setting<?> setting : all()) {
            if (parsed.hasMatchedOption(setting.flag())) {
                flags.put(setting.name(), parsed.matchedOption(setting.flag()).stringValues());
            }
        }
        return new ServeReader(flags, environment, machine).read();
    }

    /** Variables that look like settings of ours and are none: misspelt, most likely. In their natural order. */
    public static List<String> unknownVariables(Map<String, String> environment) {
        Set<String> known = all().stream().map(Setting::variable).collect(Collectors.toSet());
        known.addAll(Set.of("RUNSTREAM_LLM_API_KEY", "RUNSTREAM_SERVER", "RUNSTREAM_MEMORY", "RUNSTREAM_JAVA_OPTS"));
        return environment.keySet().stream()
                .filter(name -> name.startsWith("RUNSTREAM_") && !known.contains(name))
                // Kubernetes sets these for a service named runstream.
                .filter(name -> !name.startsWith("RUNSTREAM_SERVICE_") && !name.startsWith("RUNSTREAM_PORT_"))
                .sorted()
                .toList();
    }

    private static List<Setting<?>> all() {
        return ServeSettings.GROUPS.stream()
                .<Setting<?>>flatMap(group -> group.settings().stream())
                .toList();
    }
}
