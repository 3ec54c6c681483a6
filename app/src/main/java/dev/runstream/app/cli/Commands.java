package dev.runstream.app.cli;

import picocli.CommandLine;

/** Every command of a client. Stateless. */
public final class Commands {
    private Commands() {}

    /** Adds them to the command line of the program. */
    public static void addTo(CommandLine program, Surroundings around) {
        program.addSubcommand(new RunCommand(around));
        program.addSubcommand(new FollowCommand(around));
        program.addSubcommand(new CancelCommand(around));
        program.addSubcommand(new RunsCommand(around));
    }
}
