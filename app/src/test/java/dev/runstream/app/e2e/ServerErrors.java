package dev.runstream.app.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a server writes to standard error: passed on as it comes, and looked through for buffers that were never released. */
final class ServerErrors {
    private static final String LEAK = "LEAK:";

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
    private final Thread reading;

    ServerErrors(InputStream errors) {
        reading = Thread.ofPlatform().daemon().name("server-errors").start(() -> passOn(errors));
    }

    private void passOn(InputStream errors) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(errors, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(LEAK)) {
                    leaks.add(line);
                }
                System.err.println(line);
            }
        } catch (IOException closed) {
            // By Process.destroy, which closes what a process writes too; a signal by its handle does not.
        }
    }

    /** Reads on to the end, which comes when the server has gone, and fails if anything was never released. */
    void requireNoLeak() throws InterruptedException {
        reading.join();
        if (!leaks.isEmpty()) {
            throw new AssertionError("buffers were never released; the server says where they came from: " + leaks);
        }
    }
}
