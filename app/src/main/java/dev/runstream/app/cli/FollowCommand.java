package dev.runstream.app.cli;

import dev.runstream.client.EventId;
import dev.runstream.client.FollowOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code follow}: follows a run to its end. */
@Command(
        name = "follow",
        header = "Follow a run that was started before, from its first event to its end.",
        description = {
            "",
            "On a terminal it shows a progress bar and then the result, in a pipe one line of JSON for each event.",
            "It reconnects by itself and goes on where it was. Ctrl-C leaves; the run goes on.",
            "",
            StreamNews.IN_A_PIPE,
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:completed",
            "1:failed, no such run, or no server there",
            "2:wrong use",
            "130:cancelled, or left by Ctrl-C"
        })
final class FollowCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "RUN_ID", converter = RunIdParameter.class, description = "The run.")
    private String runId = "";

    @Option(
            names = "--after",
            paramLabel = "EVENT_ID",
            converter = Position.class,
            description = "Begin after this event instead of with the first one held.")
    private @Nullable EventId after;

    @Mixin
    private ServerOption server = new ServerOption();

    FollowCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        FollowOptions options = after == null ? FollowOptions.DEFAULT : FollowOptions.DEFAULT.after(after);
        return server.speak(around, (client, base) -> {
            CtrlC ctrlC = CtrlC.watch(around.signals());
            Following following = new Following(around, client, base, client.getRun(runId), options);
            ctrlC.does(() -> Thread.ofVirtual().start(following::leave));
            return following.toTheEnd();
        });
    }

    /** Takes the id of an event. Stateless. */
    static final class Position implements ITypeConverter<EventId> {
        @Override
        public EventId convert(String text) {
            try {
                return EventId.parse(text);
            } catch (IllegalArgumentException notOne) {
                throw new TypeConversionException(
                        "'" + text + "' is given; allowed is an event id such as 1763841600000-42");
            }
        }
    }
}
