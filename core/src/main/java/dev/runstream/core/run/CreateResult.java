package dev.runstream.core.run;

/** What became of a request to start a run. */
public sealed interface CreateResult {
    /** The run is there and new. */
    record Created(Run run) implements CreateResult {}

    /** An equal request had started it before. */
    record Existing(Run run) implements CreateResult {}

    /** A run of this name, or started under this idempotency key, came of another request. */
    record Conflict(String runId, boolean byKey) implements CreateResult {}

    /** There is no room for another run now. */
    record Overloaded(String message) implements CreateResult {}
}
