package dev.runstream.app.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Files by which the agent {@code marking} tells a test what it does, whatever becomes of its events. */
final class Marks {
    private static final Duration MOST = Duration.ofSeconds(60);

    private final Path folder;

    /** @param folder where they are */
    Marks(Path folder) {
        this.folder = folder;
    }

    /**
     * Puts the agent into a folder. It marks that it has begun, and when it is told to stop. It sends the number of its
     * process again and again until it is interrupted or refused; where its input says {@code "quiet"} it sends it once,
     * and leaves when it is told.
     */
    void putAgent(Path agents) throws IOException {
        AgentJars.put(agents, "marking", """
                var marks = java.nio.file.Path.of("%s");
                var name = run.runId() + "#" + run.attempt();
                long pid = ProcessHandle.current().pid();
                var told = new java.util.concurrent.CountDownLatch(1);
                run.onCancel(() -> {
                    try {
                        long now = System.currentTimeMillis();
                        java.nio.file.Files.writeString(marks.resolve("making " + name), pid + " " + now);
                        java.nio.file.Files.move(marks.resolve("making " + name), marks.resolve("told " + name));
                    } catch (java.io.IOException fault) { throw new java.io.UncheckedIOException(fault); }
                    told.countDown();
                });
                java.nio.file.Files.writeString(marks.resolve("begun " + name), "");
                run.delta(pid);
                if (run.inputJson().contains("quiet")) { told.await(); return; }
                for (int i = 0; ; i++) { run.delta(pid); Thread.sleep(20); }
                """.formatted(folder));
    }

    boolean hasBegun(String runId, int attempt) {
        return Files.exists(folder.resolve("begun " + runId + "#" + attempt));
    }

    boolean wasTold(String runId, int attempt) {
        return Files.exists(folder.resolve("told " + runId + "#" + attempt));
    }

    /** When an attempt was told to stop, by the wall clock, once it was. */
    long awaitTold(String runId, int attempt) {
        try (WatchService marks = folder.getFileSystem().newWatchService()) {
            folder.register(marks, StandardWatchEventKinds.ENTRY_CREATE);
            long deadline = System.nanoTime() + MOST.toNanos();
            while (!wasTold(runId, attempt)) {
                WatchKey made = marks.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (made == null) {
                    throw new AssertionError("attempt " + attempt + " of " + runId + " was not told to stop");
                }
                made.pollEvents();
                made.reset();
            }
            return Long.parseLong(Files.readString(folder.resolve("told " + runId + "#" + attempt))
                    .split(" ", 2)[1]);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
