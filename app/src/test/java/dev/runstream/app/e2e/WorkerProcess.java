package dev.runstream.app.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker in a process of its own, as a user starts it, so that a test can end or stop it in any way. */
final class WorkerProcess implements AutoCloseable {
    private static final List<String> JVM_OPTIONS = List.of("-Xmx256m", "-XX:MaxDirectMemorySize=256m");

    private final Process process;
    private final ServerErrors errors;
    private final String ready;

    private WorkerProcess(Process process, ServerErrors errors, String ready) {
        this.process = process;
        this.errors = errors;
        this.ready = ready;
    }

    /** Starts {@code worker} and returns when it has said that it is ready. */
    static WorkerProcess start(String store, String... flags) {
        List<String> args = new ArrayList<>(List.of("worker", "--store", store));
        args.addAll(List.of(flags));
        try {
            Process process = Launch.program(JVM_OPTIONS, args).start();
            ServerErrors errors = new ServerErrors(process.getErrorStream());
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String ready = out.readLine();
            if (ready == null) {
                throw new AssertionError("the worker ended with " + process.waitFor() + " before it was ready");
            }
            return new WorkerProcess(process, errors, ready);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    String readyLine() {
        return ready;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}, and waits until the process is gone. */
    void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Stops it where it is, with all its connections open. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** {@code SIGTERM}; the exit status. */
    int terminate() {
        process.toHandle().destroy();
        return awaitEnd();
    }

    private int awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the worker did not end");
            }
            errors.requireNoLeak();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
