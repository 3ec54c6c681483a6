package dev.runstream.app;

import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.LogFormat;
import dev.runstream.app.config.ServeOptions;
import dev.runstream.app.logging.Logs;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/** Runs a service in the foreground: logs, says when it is ready, and lets signals stop it. */
final class Foreground {
    /** What shells give for an interrupt. */
    private static final int INTERRUPTED = 130;

    private final Surroundings around;

    Foreground(Surroundings around) {
        this.around = around;
    }

    /** Runs it to its end; the exit status. */
    int run(LogFormat logFormat, Supplier<Service> start) throws InterruptedException {
        Logs.begin(logFormat, around.err());
        Logger log = LoggerFactory.getLogger(Foreground.class);
        for (String name : ServeOptions.unknownVariables(around.environment())) {
            log.warn("{} is set in the environment, but there is no such setting", name);
        }
        Service service;
        try {
            service = start.get();
        } catch (StartFailedException fault) {
            complain(String.valueOf(fault.getMessage()));
            return ExitCode.SOFTWARE;
        }
        around.signals().on("TERM", service::drain);
        AtomicBoolean asked = new AtomicBoolean();
        around.signals().on("INT", () -> {
            if (asked.getAndSet(true)) {
                around.signals().leave(INTERRUPTED);
            }
            service.drain();
        });
        new PrintStream(around.out(), true, StandardCharsets.UTF_8).println(service.readyLine());
        service.awaitEnd();
        return ExitCode.OK;
    }

    /** Tells each fault of what was given; the exit status. */
    int refuse(List<String> complaints) {
        complaints.forEach(this::complain);
        return ExitCode.USAGE;
    }

    private void complain(String what) {
        around.err().println("runstream: " + what);
    }
}
