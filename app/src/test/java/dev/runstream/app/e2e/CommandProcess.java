package dev.runstream.app.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A command of the program in a process of its own, in a pipe. */
final class CommandProcess implements AutoCloseable {
    private static final long SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> arriving = new LinkedBlockingQueue<>();
    private final Lines out;
    private final Lines err;

    /**
     * How a command ended.
     *
     * @param out the lines of standard output
     * @param err the lines of standard error
     */
    record Finished(int status, List<String> out, List<String> err) {}

    private CommandProcess(Process process) {
        this.process = process;
        out = new Lines(process.getInputStream(), arriving);
        err = new Lines(process.getErrorStream(), new LinkedBlockingQueue<>());
    }

    static CommandProcess start(String... args) {
        try {
            return new CommandProcess(
                    Launch.program(List.of("-Xmx256m"), List.of(args)).start());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Runs a command to its end, with nothing on its standard input. */
    static Finished run(String... args) throws InterruptedException {
        return runWith("", args);
    }

    static Finished runWith(String standardInput, String... args) throws InterruptedException {
        try (CommandProcess command = start(args)) {
            try (OutputStream in = command.process.getOutputStream()) {
                in.write(standardInput.getBytes(StandardCharsets.UTF_8));
            } catch (IOException endedWithoutReading) {
                // Its exit status says why.
            }
            return command.awaitEnd();
        }
    }

    /** The next line of standard output that is wanted; others before it are passed over. */
    String awaitLine(Predicate<String> wanted) throws InterruptedException {
        for (String line = next(); ; line = next()) {
            if (wanted.test(line)) {
                return line;
            }
        }
    }

    private String next() throws InterruptedException {
        return Objects.requireNonNull(arriving.poll(SECONDS, TimeUnit.SECONDS), () -> "no further line; " + err.all);
    }

    /** Ctrl-C. */
    void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    Finished awaitEnd() throws InterruptedException {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the command did not end; " + err.all);
        }
        return new Finished(process.exitValue(), out.whole(), err.whole());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Reads one of the process's streams on a thread of its own. */
    private static final class Lines {
        private final List<String> all = java.util.Collections.synchronizedList(new ArrayList<>());
        private final Thread reading;

        Lines(InputStream in, BlockingQueue<String> arriving) {
            reading = Thread.ofVirtual().start(() -> {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        all.add(line);
                        arriving.add(line);
                    }
                } catch (IOException killed) {
                    all.add("(" + killed.getMessage() + ")");
                }
            });
        }

        List<String> whole() throws InterruptedException {
            reading.join();
            return List.copyOf(all);
        }
    }
}
