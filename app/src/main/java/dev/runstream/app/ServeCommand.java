package dev.runstream.app;

import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.Machine;
import dev.runstream.app.config.Outcome;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.ServeOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
            "  runstream serve --store redis://127.0.0.1:6379 --max-running 0",
            "  runstream serve --store redis://127.0.0.1:6379 --bullmq agents,simulations",
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:stopped as it was asked to", "1:could not start", "2:wrong use"})
final class ServeCommand implements Callable<Integer> {
    private final Surroundings around;
    private final Service.Start<ServeConfiguration> servers;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ServeCommand(Surroundings around, Service.Start<ServeConfiguration> servers) {
        this.around = around;
        this.servers = servers;
    }

    /** The command with its flags. */
    static CommandLine line(Surroundings around, Service.Start<ServeConfiguration> servers) {
        CommandLine line = new CommandLine(new ServeCommand(around, servers));
        ServeOptions.addTo(line.getCommandSpec());
        return line;
    }

    @Override
    public Integer call() throws InterruptedException {
        ParseResult given = spec.commandLine().getParseResult();
        Foreground foreground = new Foreground(around);
        return switch (ServeOptions.read(given, around.environment(), Machine.current())) {
            case Outcome.Accepted<ServeConfiguration>(ServeConfiguration told) ->
                foreground.run(told.work().logFormat(), () -> servers.start(told));
            case Outcome.Refused<ServeConfiguration>(List<String> complaints) -> foreground.refuse(complaints);
        };
    }
}
