package dev.runstream.app;

import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.Machine;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.ServeOptions;
import dev.runstream.app.config.ServeOutcome;
import dev.runstream.app.logging.Logs;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code serve}: runs the server until it is told to stop. */
@Command(
        name = "serve",
        abbreviateSynopsis = true,
        sortOptions = false,
        header = "Run the server until SIGTERM or Ctrl-C.",
        description = {
            "",
            "Each flag is also a variable of the environment: --run-buffer is RUNSTREAM_RUN_BUFFER. A flag wins. "
                    + "Durations are 250ms, 25s, 5m or 24h; sizes 256KB, 10MB or 10GB (powers of 1024).",
            "",
            "Once it takes requests it writes one line with its address to standard output; its log goes to standard "
                    + "error. SIGTERM or Ctrl-C lets agents and streams end first, for as long as --drain; a second "
                    + "Ctrl-C stops at once.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runstream serve",
            "  runstream serve --port 0 --store memory",
            "  RUNSTREAM_DATA=/var/lib/runstream runstream serve --retain-ended 168h",
            "  RUNSTREAM_LLM_API_KEY=... runstream serve --llm-base-url https://api.example.com/v1",
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:stopped as it was asked to", "1:could not start", "2:wrong use"})
final class ServeCommand implements Callable<Integer> {
    /** What shells give for an interrupt. */
    private static final int INTERRUPTED = 130;

    private final Surroundings around;
    private final Server.Start servers;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ServeCommand(Surroundings around, Server.Start servers) {
        this.around = around;
        this.servers = servers;
    }

    /** The command with its flags. */
    static CommandLine line(Surroundings around, Server.Start servers) {
        CommandLine line = new CommandLine(new ServeCommand(around, servers));
        ServeOptions.addTo(line.getCommandSpec());
        return line;
    }

    @Override
    public Integer call() throws InterruptedException {
        ParseResult given = spec.commandLine().getParseResult();
        return switch (ServeOptions.read(given, around.environment(), Machine.current())) {
            case ServeOutcome.Accepted(ServeConfiguration configuration) -> serve(configuration);
            case ServeOutcome.Refused(List<String> complaints) -> {
                complaints.forEach(this::complain);
                yield ExitCode.USAGE;
            }
        };
    }

    private int serve(ServeConfiguration configuration) throws InterruptedException {
        Logs.begin(configuration.logFormat(), around.err());
        Logger log = LoggerFactory.getLogger(ServeCommand.class);
        for (String name : ServeOptions.unknownVariables(around.environment())) {
            log.warn("{} is set in the environment, but there is no such setting", name);
        }
        Server server;
        try {
            server = servers.start(configuration);
        } catch (StartFailedException fault) {
            complain(String.valueOf(fault.getMessage()));
            return ExitCode.SOFTWARE;
        }
        around.signals().on("TERM", server::drain);
        AtomicBoolean asked = new AtomicBoolean();
        around.signals().on("INT", () -> {
            if (asked.getAndSet(true)) {
                around.signals().leave(INTERRUPTED);
            }
            server.drain();
        });
        tellReady(server);
        server.awaitEnd();
        return ExitCode.OK;
    }

    private void tellReady(Server server) {
        PrintStream out = new PrintStream(around.out(), true, StandardCharsets.UTF_8);
        out.println("Runstream is ready at " + server.address());
    }

    private void complain(String what) {
        around.err().println("runstream: " + what);
    }
}
