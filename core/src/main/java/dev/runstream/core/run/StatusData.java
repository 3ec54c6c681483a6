package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The data of {@code status} events. */
final class StatusData {
    private StatusData() {}

    /** A change of state, as the server tells it. */
    static JsonBytes ofState(RunState state, long atMillis) {
        return stateOnly(state).with("at", time(atMillis)).json();
    }

    /** A change of state with words for the reader. */
    static JsonBytes ofState(RunState state, String message, long atMillis) {
        return stateOnly(state)
                .with("message", JsonBytes.ofString(message))
                .with("at", time(atMillis))
                .json();
    }

    /** The beginning of an attempt. */
    static JsonBytes ofAttempt(int attempt, long atMillis) {
        return stateOnly(RunState.RUNNING)
                .with("attempt", JsonBytes.ofLong(attempt))
                .with("at", time(atMillis))
                .json();
    }

    /** A worker's status with the state of its run. */
    static JsonBytes withState(JsonBytes given, RunState state) {
        return JsonObjectView.of(given)
                .with("state", JsonBytes.ofString(state.wireName()))
                .json();
    }

    private static JsonObjectView stateOnly(RunState state) {
        return JsonObjectView.of(JsonBytes.trusted(new byte[] {'{', '}'}))
                .with("state", JsonBytes.ofString(state.wireName()));
    }

    private static JsonBytes time(long millis) {
        return JsonBytes.ofString(
                Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
