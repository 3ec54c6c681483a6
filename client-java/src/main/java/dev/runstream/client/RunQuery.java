package dev.runstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Which runs to list. Immutable; each method returns a changed copy.
 *
 * @param state only runs in this state
 * @param agent only runs of this agent
 * @param limit at most so many; the server's own limit where empty
 * @param after where a page before ended, see {@link RunPage#next}
 */
public record RunQuery(
        Optional<RunState> state, Optional<String> agent, Optional<Integer> limit, Optional<String> after) {
    /** All runs, from the latest. */
    public static final RunQuery ALL =
            new RunQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Only runs in {@code state}. */
    public RunQuery in(RunState only) {
        return new RunQuery(Optional.of(only), agent, limit, after);
    }

    /** Only runs of the agent called {@code name}. */
    public RunQuery of(String name) {
        return new RunQuery(state, Optional.of(name), limit, after);
    }

    /** At most {@code runs} on a page. */
    public RunQuery limit(int runs) {
        return new RunQuery(state, agent, Optional.of(runs), after);
    }

    /** The page after the one whose {@link RunPage#next} is given. */
    public RunQuery after(String next) {
        return new RunQuery(state, agent, limit, Optional.of(next));
    }

    /** The query string with its question mark, empty where nothing is asked. */
    String queryString() {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        state.ifPresent(value -> query.add("state=" + value.wireName()));
        agent.ifPresent(value -> query.add("agent=" + URLEncoder.encode(value, UTF_8)));
        limit.ifPresent(value -> query.add("limit=" + value));
        after.ifPresent(value -> query.add("after=" + URLEncoder.encode(value, UTF_8)));
        return query.toString();
    }
}
