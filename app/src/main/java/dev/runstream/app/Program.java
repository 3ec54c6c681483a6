package dev.runstream.app;

import dev.runstream.app.cli.Commands;
import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.WorkConfiguration;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the program, all its commands in it. */
@Command(
        name = "runstream",
        header = "Turns long-running runs into event streams that can be left, rejoined and cancelled.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        description = {
            "",
            "Without a command it runs the server: runstream serve. 'runstream COMMAND --help' tells of each.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runstream serve",
            "  runstream run fund-scenario --input examples/fund.json",
            "  runstream runs --state running",
            "  runstream follow RUN_ID | jq .event",
            "  runstream cancel RUN_ID",
            "  runstream worker --store redis://127.0.0.1:6379",
        })
final class Program implements Runnable {
    private static final int HELP_WIDTH = 100;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private Program() {}

    static CommandLine line(
            Surroundings around, Service.Start<ServeConfiguration> servers, Service.Start<WorkConfiguration> workers) {
        CommandLine program = new CommandLine(new Program());
        program.addSubcommand(ServeCommand.line(around, servers));
        program.addSubcommand(WorkerCommand.line(around, workers));
        Commands.addTo(program, around);
        for (CommandLine command : program.getSubcommands().values()) {
            command.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new JarVersion());
        }
        program.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new JarVersion());
        return program.setUsageHelpWidth(HELP_WIDTH)
                .setOut(new PrintWriter(around.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(around.err(), true, around.err().charset()))
                .setParameterExceptionHandler(Program::refuse);
    }

    /** A command that was not named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    /** One clear message and where to read on, instead of the whole help. */
    private static int refuse(ParameterException fault, String[] args) {
        CommandLine command = fault.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("runstream: " + String.join("\n", told(fault, args)));
        err.println("'" + command.getCommandSpec().qualifiedName() + " --help' tells what is allowed.");
        return ExitCode.USAGE;
    }

    private static List<String> told(ParameterException fault, String[] args) {
        if (!(fault instanceof UnmatchedArgumentException unmatched)) {
            return List.of(String.valueOf(fault.getMessage()));
        }
        if (unmatched.getUnmatched().stream().anyMatch(UnknownOptions::isOption)) {
            return UnknownOptions.inWords(unmatched, args);
        }
        List<String> meant = unmatched.getSuggestions();
        String message = String.valueOf(fault.getMessage());
        return meant.isEmpty()
                ? List.of(message)
                : List.of(message, "Did you mean " + String.join(" or ", meant) + "?");
    }

    /** Reads the version from the manifest of the jar, which the build writes. */
    static final class JarVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Program.class.getPackage().getImplementationVersion();
            return new String[] {"runstream " + Objects.requireNonNullElse(version, "(not from a jar)")};
        }
    }
}
