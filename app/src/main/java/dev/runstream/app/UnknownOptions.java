package dev.runstream.app;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells of options that a command does not know, and what was meant. Stateless. */
final class UnknownOptions {
    /** Two slips of the finger are taken for one name, three for another. */
    private static final int MOST_SLIPS = 2;

    private UnknownOptions() {}

    static List<String> inWords(UnmatchedArgumentException fault, String[] args) {
        // What follows an unknown option is its value rather than a fault of its own.
        List<String> unknown = fault.getUnmatched().stream()
                .filter(UnknownOptions::isOption)
                .map(UnknownOptions::name)
                .toList();
        String named = unknown.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        String told = (unknown.size() == 1 ? "Unknown option: " : "Unknown options: ") + named;
        return Stream.concat(
                        Stream.of(told),
                        meant(fault.getCommandLine(), unknown.getFirst(), args).stream()
                                .map(meant -> "Did you mean " + meant + "?"))
                .toList();
    }

    static boolean isOption(String arg) {
        return arg.length() > 1 && arg.startsWith("-");
    }

    private static String name(String arg) {
        return arg.split("=", 2)[0];
    }

    private static Optional<String> meant(CommandLine command, String name, String[] args) {
        return ofSubcommand(command, name, args)
                .or(() -> nearest(name, command.getCommandSpec().options()));
    }

    /** The same with the command whose option it is: the one that was named too late, else the one that is the default. */
    private static Optional<String> ofSubcommand(CommandLine program, String name, String[] args) {
        String command = Arrays.stream(args)
                .filter(program.getSubcommands()::containsKey)
                .findFirst()
                .orElse("serve");
        return Optional.ofNullable(program.getSubcommands().get(command))
                .filter(line -> line.getCommandSpec().findOption(name) != null)
                .map(line -> Stream.concat(
                                Stream.of("'runstream", command),
                                Arrays.stream(args).filter(arg -> !arg.equals(command)))
                        .collect(Collectors.joining(" ", "", "'")));
    }

    private static Optional<String> nearest(String name, List<OptionSpec> options) {
        List<String> known = options.stream()
                .map(OptionSpec::longestName)
                .filter(option -> option.startsWith("--"))
                .toList();
        int least = known.stream().mapToInt(option -> slips(name, option)).min().orElse(Integer.MAX_VALUE);
        List<String> nearest = known.stream()
                .filter(option -> least <= MOST_SLIPS ? slips(name, option) == least : option.startsWith(name))
                .toList();
        return nearest.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", nearest));
    }

    /** How many letters were left out, added, mistaken or swapped (optimal string alignment). */
    static int slips(String typed, String meant) {
        int[][] slips = new int[typed.length() + 1][meant.length() + 1];
        for (int i = 0; i <= typed.length(); i++) {
            for (int j = 0; j <= meant.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int mistaken = typed.charAt(i - 1) == meant.charAt(j - 1) ? 0 : 1;
                slips[i][j] = Math.min(Math.min(slips[i - 1][j], slips[i][j - 1]) + 1, slips[i - 1][j - 1] + mistaken);
                if (i > 1
                        && j > 1
                        && typed.charAt(i - 1) == meant.charAt(j - 2)
                        && typed.charAt(i - 2) == meant.charAt(j - 1)) {
                    slips[i][j] = Math.min(slips[i][j], slips[i - 2][j - 2] + 1);
                }
            }
        }
        return slips[typed.length()][meant.length()];
    }
}
