package dev.runstream.app;

import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.Machine;
import dev.runstream.app.config.Outcome;
import dev.runstream.app.config.WorkConfiguration;
import dev.runstream.app.config.WorkerOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code worker}: works on runs that servers elsewhere take in, until it is told to stop. */
@Command(
        name = "worker",
        abbreviateSynopsis = true,
        sortOptions = false,
        header = "Work on runs of a shared store until SIGTERM or Ctrl-C.",
        description = {
            "",
            "Servers and workers with the same --store share its runs: a run begins where an agent of its name has room. "
                    + "Give all of them the same agents, lease and limits.",
            "",
            "Each flag is also a variable of the environment, the same as for 'runstream serve': --max-running is "
                    + "RUNSTREAM_MAX_RUNNING. A flag wins. Durations are 250ms, 25s, 5m or 24h; sizes 256KB, 10MB or 10GB "
                    + "(powers of 1024).",
            "",
            "Once it takes runs it writes one line with the names of its agents to standard output; its log goes to "
                    + "standard error. SIGTERM or Ctrl-C lets agents end first, for as long as --drain, and leaves other "
                    + "workers what has not ended; a second Ctrl-C stops at once.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runstream worker --store redis://127.0.0.1:6379",
            "  RUNSTREAM_STORE=rediss://:secret@db.example.com runstream worker --agents jars --max-running 8",
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:stopped as it was asked to", "1:could not start", "2:wrong use"})
final class WorkerCommand implements Callable<Integer> {
    private final Surroundings around;
    private final Service.Start<WorkConfiguration> workers;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private WorkerCommand(Surroundings around, Service.Start<WorkConfiguration> workers) {
        this.around = around;
        this.workers = workers;
    }

    /** The command with its flags. */
    static CommandLine line(Surroundings around, Service.Start<WorkConfiguration> workers) {
        CommandLine line = new CommandLine(new WorkerCommand(around, workers));
        WorkerOptions.addTo(line.getCommandSpec());
        return line;
    }

    @Override
    public Integer call() throws InterruptedException {
        ParseResult given = spec.commandLine().getParseResult();
        Foreground foreground = new Foreground(around);
        return switch (WorkerOptions.read(given, around.environment(), Machine.current())) {
            case Outcome.Accepted<WorkConfiguration>(WorkConfiguration told) ->
                foreground.run(told.logFormat(), () -> workers.start(told));
            case Outcome.Refused<WorkConfiguration>(List<String> complaints) -> foreground.refuse(complaints);
        };
    }
}
