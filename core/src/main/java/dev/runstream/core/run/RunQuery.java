package dev.runstream.core.run;

import java.util.Optional;

/**
 * Which runs are asked for, latest created first.
 *
 * @param state only these; empty for all
 * @param agent only its runs; empty for all
 * @param limit how many at most, from 1
 * @param after where the page before ended; empty for the first page
 */
public record RunQuery(Optional<RunState> state, Optional<String> agent, int limit, Optional<Place> after) {
    /** A run's place in the listing. */
    public record Place(long createdAtMillis, String runId) implements Comparable<Place> {
        public static Place of(RunRecord run) {
            return new Place(run.spec().createdAtMillis(), run.runId());
        }

        /** Latest created first, then by name. */
        @Override
        public int compareTo(Place other) {
            int byTime = Long.compare(other.createdAtMillis, createdAtMillis);
            return byTime != 0 ? byTime : runId.compareTo(other.runId);
        }
    }

    public boolean matches(RunRecord run) {
        return state.map(wanted -> wanted == run.state()).orElse(true)
                && agent.map(wanted -> wanted.equals(run.spec().agent())).orElse(true);
    }
}
