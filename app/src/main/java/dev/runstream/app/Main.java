package dev.runstream.app;

import dev.runstream.app.cli.Surroundings;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.WorkConfiguration;

/** Where the program begins. */
final class Main {
    private static final String[] SERVE = {"serve"};

    private Main() {}

    public static void main(String[] args) {
        System.exit(Program.line(Surroundings.ofProcess(), Main::serve, Main::work)
                .execute(args.length == 0 ? SERVE : args));
    }

    /** A step of its own, so that a command that serves nothing loads nothing of the server. */
    private static Service serve(ServeConfiguration configuration) {
        return LocalServer.start(configuration);
    }

    /** The same for workers. */
    private static Service work(WorkConfiguration configuration) {
        return LocalWorker.start(configuration);
    }
}
