package dev.runstream.server.metrics;

import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreGauges;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What a store holds, asked once at each scrape. Safe for any thread. */
final class StoreMetrics implements MultiCollector {
    private static final String OPEN = "ai_run_open";
    private static final String BUFFERED = "ai_run_buffered_bytes";
    private static final String MEMORY = "ai_run_memory_bytes";
    private static final String MEMORY_LIMIT = "ai_run_memory_limit_bytes";
    private static final String EVICTED = "ai_run_evicted_events";

    private final RunStore store;

    StoreMetrics(RunStore store) {
        this.store = store;
    }

    @Override
    public MetricSnapshots collect() {
        StoreGauges now = store.gauges();
        return MetricSnapshots.of(
                open(now),
                gauge(BUFFERED, "Data of the events held.", now.bufferedBytes()),
                gauge(MEMORY, "Memory taken by all event logs.", now.memoryBytes()),
                gauge(MEMORY_LIMIT, "Memory that all event logs may take.", now.memoryLimitBytes()),
                CounterSnapshot.builder()
                        .name(EVICTED)
                        .help("Events evicted to keep the limits.")
                        .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                                .value((double) now.evictedEvents())
                                .build())
                        .build());
    }

    private static GaugeSnapshot open(StoreGauges now) {
        GaugeSnapshot.Builder open = GaugeSnapshot.builder().name(OPEN).help("Runs that have not ended, by state.");
        for (RunState state : RunState.values()) {
            if (!state.isEnd()) {
                open.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("state", state.wireName()))
                        .value(now.openRuns().getOrDefault(state, 0))
                        .build());
            }
        }
        return open.build();
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value((double) value)
                        .build())
                .build();
    }
}
