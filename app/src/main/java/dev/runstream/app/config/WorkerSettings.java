package dev.runstream.app.config;

import static dev.runstream.app.config.ServeSettings.*;

import java.util.List;

/**
 * Every setting of `worker`: those of `serve` that say how a run is kept and worked on, under the same names, so that one
 * environment serves both. What is said of requests and streams is not its business.
 */
final class WorkerSettings {
    static final Setting<StoreKind> SHARED_STORE = Setting.optional(
            STORE.name(),
            StoreKind.SHARED,
            "The Redis that holds the runs, as the servers have it. Better in RUNSTREAM_STORE where it has a password.");
    static final Setting<Integer> PLACES = Setting.computed(
            MAX_RUNNING.name(),
            Kind.count(1, 100_000),
            new Default.Computed<>("cores x 4", machine -> machine.cores() * 4),
            "Agents at work at once in this process. Further runs wait for whoever has room.");

    static final List<Group> GROUPS = List.of(
            new Group("Where runs are kept", List.of(SHARED_STORE, RETAIN_ENDED)),
            new Group("Agents", List.of(AGENTS, PLACES, LLM_BASE_URL, LLM_MODEL, LLM_TIMEOUT)),
            new Group("Runs", List.of(LEASE, CANCEL_GRACE, DISCONNECT_GRACE, DRAIN)),
            new Group("Memory", List.of(MAX_EVENT, RUN_BUFFER, TOTAL_BUFFER)),
            new Group("Log", List.of(LOG_FORMAT)));

    private WorkerSettings() {}
}
