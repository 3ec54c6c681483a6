package dev.runstream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the measured programs are, and on which core each runs: servers have core 0 for themselves, and whatever
 * loads them has core 1, so that the one's work never counts as the other's.
 *
 * @param home the folder of the project
 * @param scratch where servers may keep files
 */
public record Workplace(Path home, Path scratch) {
    private static final String SERVER_CORE = "0";
    private static final String LOAD_CORE = "1";

    public Path launcher() {
        return home.resolve("runstream");
    }

    public Path hub() {
        return home.resolve("bench/node/hub.mjs");
    }

    /** A new empty folder for a server's data. */
    public Path newFolder(String name) {
        try {
            return Files.createTempDirectory(scratch, name);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** {@code loadgen} on the core of the load; it checks what it receives, and a fault ends the measurement. */
    public Reading loadgen(List<String> args) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", LOAD_CORE, tool("loadgen")));
        command.addAll(args);
        return run(command);
    }

    /** {@code send-floor}, which gives its sender the core of the servers and its reader the core of the load. */
    public Reading sendFloor(int sockets, int rounds, int bytes, double roundsPerSecond) {
        return run(List.of(
                tool("send-floor"),
                Integer.toString(sockets),
                Integer.toString(rounds),
                Integer.toString(bytes),
                Double.toString(roundsPerSecond),
                "1"));
    }

    /** What starts a command on the core of the servers. */
    public static List<String> onServerCore(List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", SERVER_CORE));
        pinned.addAll(command);
        return pinned;
    }

    private String tool(String name) {
        return home.resolve("bench/target").resolve(name).toString();
    }

    private static Reading run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with " + status + "; it printed: " + output);
            }
            return Reading.of(output);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
