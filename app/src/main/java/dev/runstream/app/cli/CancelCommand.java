package dev.runstream.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cancel}: asks a run to stop. */
@Command(
        name = "cancel",
        header = "Ask a run to stop, and print its state then.",
        description = {
            "",
            "It does not wait for the end: 'cancelling' says that the run was told, 'cancelled' that it has stopped. A "
                    + "run that had ended before is left as it is, and its end is printed.",
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:done", "1:refused, no such run, or no server there", "2:wrong use"})
final class CancelCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "RUN_ID", converter = RunIdParameter.class, description = "The run.")
    private String runId = "";

    @Mixin
    private ServerOption server = new ServerOption();

    CancelCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        return server.speak(around, (client, base) -> {
            Output.of(around).line(client.cancelRun(runId).wireName());
            return ExitStatus.DONE;
        });
    }
}
