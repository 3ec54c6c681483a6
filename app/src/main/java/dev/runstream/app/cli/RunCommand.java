package dev.runstream.app.cli;

import dev.runstream.app.config.Durations;
import dev.runstream.client.FollowOptions;
import dev.runstream.client.Run;
import dev.runstream.client.StartRun;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run}: starts a run and follows it to its end. */
@Command(
        name = "run",
        header = "Start a run on a server and follow it to its end.",
        description = {
            "",
            "On a terminal it shows a progress bar and then the result, in a pipe one line of JSON for each event:",
            "{\"id\":...,\"event\":...,\"data\":...}, the last one complete or error.",
            StreamNews.IN_A_PIPE,
            "",
            "Ctrl-C asks the run to stop and waits for its end; a second one leaves at once. Losing the connection, "
                    + "closing the pipe or ending this command in any other way does not stop the run.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runstream run fund-scenario --input examples/fund.json",
            "  runstream run fund-scenario --input '{\"paths\":100000}'",
            "  echo '{\"paths\":100000}' | runstream run fund-scenario --input - | jq .event",
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:completed", "1:failed, refused, or no server there", "2:wrong use", "130:cancelled"})
final class RunCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "AGENT", description = "The agent that does the work; a wrong name shows the known ones.")
    private String agent = "";

    @Mixin
    private InputOption input = new InputOption();

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            converter = RunIdParameter.class,
            description = "The run's id, if the server is not to make one. The same start again finds the same run.")
    private @Nullable String runId;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "How long it may take, such as 90s or 5m.")
    private @Nullable Duration timeout;

    @Option(
            names = "--attempts",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "How often it may run if the server dies under it. Default: the agent's own number")
    private @Nullable Integer attempts;

    @Option(
            names = "--on-disconnect",
            paramLabel = "continue|cancel",
            converter = OnDisconnectParameter.class,
            description = "What it does when nobody has read it for a while. Default: continue")
    private StartRun.@Nullable OnDisconnect onDisconnect;

    @Mixin
    private ServerOption server = new ServerOption();

    RunCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        StartRun start = what();
        return server.speak(around, (client, base) -> {
            CtrlC ctrlC = CtrlC.watch(around.signals());
            Run run = client.startRun(start);
            if (around.terminal().isPresent()) {
                around.err().println("run " + run.runId());
            }
            Following following = new Following(around, client, base, run, FollowOptions.DEFAULT);
            ctrlC.does(() -> Thread.ofVirtual().start(following::cancel));
            return following.toTheEnd();
        });
    }

    private StartRun what() {
        StartRun start = StartRun.of(agent);
        start = input.read(around.in()).map(start::input).orElse(start);
        start = runId == null ? start : start.runId(runId);
        start = timeout == null ? start : start.timeout(timeout);
        start = attempts == null ? start : start.attempts(attempts);
        return onDisconnect == null ? start : start.onDisconnect(onDisconnect);
    }
}
