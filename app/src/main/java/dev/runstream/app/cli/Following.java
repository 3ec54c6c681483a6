package dev.runstream.app.cli;

import dev.runstream.client.FollowOptions;
import dev.runstream.client.Run;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.RunstreamException;
import java.net.URI;

/** Follows one run as this process's output wants it. */
final class Following {
    /** Past the largest event that a server can be told to take. */
    private static final int MAX_EVENT_BYTES = 80 * 1024 * 1024;

    private final RunstreamClient client;
    private final Run run;
    private final Follower follower;

    Following(Surroundings around, RunstreamClient client, URI base, Run run, FollowOptions options) {
        this.client = client;
        this.run = run;
        Output out = Output.of(around);
        FollowView view = around.terminal()
                .<FollowView>map(terminal -> new TerminalView(
                        new Screen(out, terminal), run, base + "/run/" + run.runId() + "/result", around.clock()))
                .orElseGet(() -> new JsonLinesView(out, around.err()));
        this.follower = new Follower(client.follow(run.runId(), options.withMaxEventBytes(MAX_EVENT_BYTES)), view);
    }

    /** Follows to the end and gives the exit status that tells of it. */
    int toTheEnd() {
        RunState end =
                follower.follow().orElseGet(() -> client.getRun(run.runId()).state());
        return switch (end) {
            case COMPLETED -> ExitStatus.DONE;
            case FAILED -> ExitStatus.FAILED;
            case CANCELLED -> ExitStatus.CANCELLED;
            // Followed no further because of Ctrl-C.
            case QUEUED, RUNNING, RETRYING, CANCELLING -> ExitStatus.CANCELLED;
        };
    }

    /** Stops following; the run goes on. */
    void leave() {
        follower.note("left; the run goes on. To come back: runstream follow " + run.runId());
        follower.stop();
    }

    /** Asks for cancel until the server has heard it; the end then comes in the stream. */
    void cancel() {
        follower.note("asking for cancel and waiting for the end; Ctrl-C again leaves at once");
        while (true) {
            try {
                client.cancelRun(run.runId());
                return;
            } catch (RunstreamException failure) {
                boolean mayPass = failure.code().equals("unreachable") || failure.status() >= 500;
                if (!mayPass) {
                    follower.note("the cancel was refused: " + Plain.line(String.valueOf(failure.getMessage())));
                    return;
                }
            }
        }
    }
}
