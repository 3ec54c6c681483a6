package dev.runstream.bench;

import dev.runstream.bench.figures.Figure;
import dev.runstream.bench.figures.Figures;
import dev.runstream.bench.figures.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code bench/run}. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the server against what this machine can do and against its peers, and prints a table.",
            "Every figure is a ratio of two measurements of the same minute. Nothing else should run meanwhile."
        })
final class Bench implements Callable<Integer> {
    @Option(names = "--home", hidden = true, required = true)
    private Path home = Path.of("");

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "FIGURE",
            description = "Measure only these: ${COMPLETION-CANDIDATES}.")
    private Set<Figures> only = EnumSet.allOf(Figures.class);

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    /** Status 1 if a figure was missed in the median. */
    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("runstream-bench");
        try {
            Table table = measure(new Workplace(home, scratch));
            System.out.println();
            System.out.print(table);
            return table.toString().contains("missed") ? 1 : 0;
        } finally {
            delete(scratch);
        }
    }

    private Table measure(Workplace workplace) {
        Table table = new Table();
        for (Figures name : only) {
            System.err.println(name + ": starting and warming up ...");
            try (Figure figure = name.prepare(workplace)) {
                List<Sample> samples = new ArrayList<>();
                for (int round = 1; round <= rounds; round++) {
                    System.err.println(name + ": round " + round + " of " + rounds);
                    samples.addAll(figure.round());
                }
                System.err.print(table.add(figure, samples));
            }
        }
        return table;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
