package dev.runstream.app.config;

import dev.runstream.app.config.ServeSettings.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The settings of one command as flags on its command line. Immutable. */
record Flags(List<Group> groups) {
    List<Setting<?>> settings() {
        return groups.stream()
                .<Setting<?>>flatMap(group -> group.settings().stream())
                .toList();
    }

    /** Adds every flag to the command, in the groups of its help. */
    void addTo(CommandSpec command) {
        for (Group group : groups) {
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

    /** What a parsed command line gives, by name. */
    Map<String, List<String>> given(ParseResult parsed) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (Setting<?> setting : settings()) {
            if (parsed.hasMatchedOption(setting.flag())) {
                given.put(setting.name(), parsed.matchedOption(setting.flag()).stringValues());
            }
        }
        return given;
    }
}
