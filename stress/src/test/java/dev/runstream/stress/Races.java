package dev.runstream.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs tests under jcstress, each in a JVM of its own, and tells what was seen that must not be.
 *
 * <p>jcstress by itself tries every combination of compilers and flags, which takes hours; a round of ours takes one of
 * them, so that a short run sees every test and a long one many rounds.
 */
final class Races {
    /** Few tests between two meetings of the threads, as more of them then happen at the same moment. */
    private static final List<String> SETTINGS = List.of(
            "-strideSize", "4", "-strideCount", "512", "-sc", "false", "-af", "NONE", "-hs", "256", "-pth", "false");

    private static final String SHUFFLED =
            "-XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM";
    /** The flags of the rounds, in turn; the first has instructions placed at random where their order is free. */
    private static final List<String> FLAGS = List.of(
            SHUFFLED,
            "-XX:+UseParallelGC",
            SHUFFLED + " -XX:-TieredCompilation",
            "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC -Xint");

    private final Path folder;

    /** @param folder for what jcstress says; of nobody else */
    Races(Path folder) {
        this.folder = folder;
    }

    /** All that jcstress has to say of the last round. */
    Path output() {
        return folder.resolve("output.txt");
    }

    /**
     * Runs each test for about as long as asked.
     *
     * @param tests regular expression that their names contain
     * @return what was wrong with each test; nothing for one that passed
     */
    Map<String, List<String>> round(int number, String tests, int iterations, Duration iteration, Duration patience)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        forgetResults();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(SETTINGS);
        command.addAll(List.of("-t", tests, "-r", "report", "-jvmArgs", FLAGS.get(number % FLAGS.size())));
        command.addAll(List.of("-iters", "" + iterations, "-time", "" + iteration.toMillis()));
        Process jcstress = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        try {
            if (!jcstress.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("jcstress has not ended within " + patience + ", see " + output());
            }
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
        return verdicts(tests);
    }

    private List<Path> results() throws IOException {
        try (var files = Files.newDirectoryStream(folder, "jcstress-results-*")) {
            List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        }
    }

    private void forgetResults() throws IOException {
        for (Path old : results()) {
            Files.delete(old);
        }
    }

    private Map<String, List<String>> verdicts(String tests) throws IOException {
        Map<String, List<String>> faults = new TreeMap<>();
        Pattern asked = Pattern.compile(tests);
        for (String test : TestList.tests()) {
            if (asked.matcher(test).find()) {
                faults.put(test, List.of("it did not run"));
            }
        }
        InProcessCollector collected = new InProcessCollector();
        for (Path results : results()) {
            DiskReadCollector reader = new DiskReadCollector(results.toString(), collected);
            try {
                reader.dump();
            } catch (ClassNotFoundException other) {
                throw new IOException("the results are another jcstress's", other);
            } finally {
                reader.close();
            }
        }
        collected.getTestResults().forEach(result -> faults.put(result.getName(), faultsOf(result)));
        return faults;
    }

    private static List<String> faultsOf(TestResult result) {
        if (result.status() == Status.NORMAL) {
            return result.getTotalCount() == 0 ? List.of("it did not run") : result.grading().failureMessages;
        }
        List<String> faults = new ArrayList<>(List.of(result.status().toString()));
        faults.addAll(result.getMessages());
        faults.addAll(result.getVmErr());
        return faults;
    }

    /** Runs rounds in the working folder until the minutes are over or something is wrong, which is then told. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(Duration.ofMinutes(Long.parseLong(args[0])));
        Races races = new Races(Path.of("").toAbsolutePath());
        String tests = args.length > 1 ? args[1] : "";
        int rounds = 0;
        while (rounds == 0 || Instant.now().isBefore(end)) {
            Map<String, List<String>> faults =
                    races.round(rounds++, tests, 5, Duration.ofSeconds(1), Duration.ofHours(1));
            int tested = faults.size();
            faults.values().removeIf(List::isEmpty);
            System.out.printf("round %d: %d tests, %d failed%n", rounds, tested, faults.size());
            if (tested == 0 || !faults.isEmpty()) {
                faults.forEach((test, seen) -> System.out.println(test + ": " + String.join("\n  ", seen)));
                System.out.println(tested == 0 ? "No test has that name." : "See " + races.output());
                System.exit(1);
            }
        }
    }
}
