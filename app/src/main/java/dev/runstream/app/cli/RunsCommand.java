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
import java.util.function.Consumer;
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
        description = {
            "",
            "On a terminal the latest as a table, in a pipe all of them, one run a line, as JSON. Where --limit leaves some "
                    + "out, standard error says so."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:done", "1:refused, or no server there", "2:wrong use"})
final class RunsCommand implements Callable<Integer> {
    /** A server may give fewer on a page. */
    private static final int MOST_PER_PAGE = 100;

    private static final int MOST_ON_A_TERMINAL = 20;

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
            description = "At most so many. Default: " + MOST_ON_A_TERMINAL + " on a terminal, all in a pipe")
    private @Nullable Integer limit;

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
                int most = limit == null ? MOST_ON_A_TERMINAL : limit;
                List<Run> runs = new ArrayList<>();
                boolean more = find(client, most, runs::add);
                RunsTable.lines(runs, around.clock().instant()).forEach(out::line);
                if (more) {
                    out.line("There are more; --limit " + 10 * most + " shows up to so many.");
                }
            } else {
                int most = limit == null ? Integer.MAX_VALUE : limit;
                if (find(client, most, run -> out.line(run.json().toString()))) {
                    around.err().println("runstream: there are more than " + most + "; without --limit all are listed");
                }
            }
            return ExitStatus.DONE;
        });
    }

    /** Hands on what is asked for, page by page; true where there is more than {@code most}. */
    private boolean find(RunstreamClient client, int most, Consumer<Run> found) {
        RunQuery query = RunQuery.ALL;
        query = state == null ? query : query.in(state);
        query = agent == null ? query : query.of(agent);
        Optional<String> next = Optional.empty();
        int left = most;
        do {
            RunQuery page = query.limit(Math.min(left, MOST_PER_PAGE));
            RunPage got = client.listRuns(next.map(page::after).orElse(page));
            got.runs().stream().limit(left).forEach(found);
            if (got.runs().size() > left) {
                return true;
            }
            left -= got.runs().size();
            next = got.next();
        } while (next.isPresent() && left > 0);
        return next.isPresent();
    }

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
