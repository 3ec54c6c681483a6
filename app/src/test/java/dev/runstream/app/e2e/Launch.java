package dev.runstream.app.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a process of the program is started from the class path of the tests. */
public final class Launch {
    private static final long SIGINT_BIT = 1 << 1;
    /** Set for tests whose programs live for seconds: to optimize their code would cost more than it brings. */
    private static final String SHORT_LIVED = "runstream.test.shortLived";

    /** Every buffer is looked after. Of each its coming and going is noted, but not every access, which takes most of the time. */
    private static final List<String> LEAK_DETECTION =
            List.of("-Dio.netty.leakDetection.level=paranoid", "-Dio.netty.leakDetection.acquireAndReleaseOnly=true");

    private Launch() {}

    /** The program with a command line; what it inherits of the environment names no setting of ours. */
    public static ProcessBuilder program(List<String> jvmOptions, List<String> args) {
        List<String> command = new ArrayList<>();
        if (ignoresInterrupts()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Boolean.getBoolean(SHORT_LIVED)) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(LEAK_DETECTION);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath(), "dev.runstream.app.Main"));
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("RUNSTREAM_"));
        return builder;
    }

    /** Whether SIGINT is ignored here, as in a shell's background job, so that a child would ignore it as well. */
    private static boolean ignoresInterrupts() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & SIGINT_BIT) != 0);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** What the tests have but the logger that only they use. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("slf4j-simple"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
