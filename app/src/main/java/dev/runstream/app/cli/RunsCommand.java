package dev.runstream.app.cli;

import dev.runstream.client.Run;
import dev.runstream.client.RunPage;
import dev.runstream.client.RunQuery;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code runs}: lists the runs of a server. */
@Command(
        name = "runs",
        header = "List the runs of a server, latest first.",
        description = {"", "On a terminal as a table, in a pipe one run a line, as JSON."},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:done", "1:refused, or no server there", "2:wrong use"})
final class RunsCommand implements Callable<Integer> {
    /** A server may give fewer on a page. */
    private static final int MOST_PER_PAGE = 100;

    private final Surroundings around;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            converter = State.class,
            description = "Only runs in this state: queued, running, retrying, cancelling, completed, failed or "
                    + "cancelled.")
    private @Nullable RunState state;

    @Option(names = "--agent", paramLabel = "AGENT", description = "Only runs of this agent.")
    private @Nullable String agent;

    @Option(
            names = "--limit",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "At most so many. Default: 20")
    private int limit = 20;

    @Mixin
    private ServerOption server = new ServerOption();

    RunsCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        return server.speak(around, (client, base) -> {
            Output out = Output.of(around);
            if (around.terminal().isPresent()) {
                Found found = find(client);
                RunsTable.lines(found.runs(), around.clock().instant()).forEach(out::line);
                if (found.more()) {
                    out.line("There are more; --limit " + 10 * limit + " shows up to so many.");
                }
            } else {
                find(client).runs().forEach(run -> out.line(run.json().toString()));
            }
            return ExitStatus.DONE;
        });
    }

    private Found find(RunstreamClient client) {
        List<Run> runs = new ArrayList<>();
        RunQuery query = RunQuery.ALL;
        query = state == null ? query : query.in(state);
        query = agent == null ? query : query.of(agent);
        Optional<String> next = Optional.empty();
        do {
            RunQuery page = query.limit(Math.min(limit - runs.size(), MOST_PER_PAGE));
            RunPage got = client.listRuns(next.map(page::after).orElse(page));
            runs.addAll(got.runs());
            next = got.next();
        } while (next.isPresent() && runs.size() < limit);
        return new Found(runs.subList(0, Math.min(limit, runs.size())), next.isPresent() || runs.size() > limit);
    }

    private record Found(List<Run> runs, boolean more) {}

    /** Takes the name of a state. Stateless. */
    static final class State implements ITypeConverter<RunState> {
        @Override
        public RunState convert(String text) {
            return Arrays.stream(RunState.values())
                    .filter(known -> known.wireName().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is given; allowed is "
                            + Arrays.stream(RunState.values())
                                    .map(RunState::wireName)
                                    .collect(Collectors.joining(", "))));
        }
    }
}
