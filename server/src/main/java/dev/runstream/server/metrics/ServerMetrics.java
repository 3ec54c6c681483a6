package dev.runstream.server.metrics;

import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.stream.Ended;
import dev.runstream.server.stream.Resume;
import dev.runstream.server.stream.StreamObserver;
import io.netty.buffer.PooledByteBufAllocator;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** The metrics of the contract. No label ever holds a run or a user. Safe for any thread. */
public final class ServerMetrics implements StreamObserver, RunObserver {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double[] MILLIS = {0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000};
    private static final double[] LONG_MILLIS = {
        100, 1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<String, Integer> streamsByClient = new ConcurrentHashMap<>();

    private final Gauge connections = Gauge.builder()
            .name("ai_stream_connections_active")
            .help("Open stream responses.")
            .register(registry);
    private final Histogram timeToFirstByte =
            histogram("ai_stream_ttfb_milliseconds", "From a stream request read to its first byte written.", MILLIS);
    private final Histogram duration =
            histogram("ai_stream_duration_milliseconds", "From a stream's first byte to its end.", LONG_MILLIS);
    private final Counter bytesSent = counter("ai_stream_bytes_sent", "Body bytes of streams, without chunk framing.");
    private final Counter errors = labelled("ai_stream_errors", "Streams that failed, by reason.", "reason");
    private final Counter closed = labelled("ai_stream_closed", "Streams that ended, by reason.", "reason");
    private final Counter resumes =
            labelled("ai_stream_resumes", "Streams begun, by what became of the reader's position.", "outcome");
    private final Counter ended = labelled("ai_run_ended", "Runs that ended, by state.", "state");
    private final Counter events = counter("ai_run_events", "Events written to runs' logs.");
    private final Counter started = counter("ai_run_started", "Runs created, or found open at the start.");
    private final Histogram cancelToWorker = histogram(
            "ai_run_cancel_to_worker_milliseconds", "From a request to stop until the worker was told.", MILLIS);
    private final Histogram cancelToEnd = histogram(
            "ai_run_cancel_to_end_milliseconds", "From a request to stop to the end of the run.", LONG_MILLIS);
    private final Histogram storeLatency =
            histogram("ai_run_store_milliseconds", "How long the store took to make a change durable.", MILLIS);

    public ServerMetrics() {
        GaugeWithCallback.builder()
                .name("ai_stream_clients_gauge")
                .help("Distinct clients with a stream open.")
                .callback(gauge -> gauge.call(streamsByClient.size()))
                .register(registry);
        for (Ended how : Ended.values()) {
            closed.initLabelValues(how.wireName());
        }
        for (Resume outcome : Resume.values()) {
            resumes.initLabelValues(outcome.wireName());
        }
        for (String reason : new String[] {"store", "internal"}) {
            errors.initLabelValues(reason);
        }
        registerJvm(registry);
        PooledByteBufAllocator pool = PooledByteBufAllocator.DEFAULT;
        gauge(
                "ai_direct_memory_used_bytes",
                "Direct memory that buffers and event logs take.",
                pool::pinnedDirectMemory);
        gauge(
                "ai_direct_memory_taken_bytes",
                "Direct memory that the pool has taken from the system, used or not.",
                () -> pool.metric().usedDirectMemory());
    }

    /** All that there is but native memory, for which the start would load the whole of JMX. */
    private static void registerJvm(PrometheusRegistry registry) {
        JvmBufferPoolMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmCompilationMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmMemoryPoolAllocationMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }

    /** Reads a store's gauges, once at each scrape. */
    public void watch(RunStore store) {
        registry.register(new StoreMetrics(store));
    }

    /** Adds a gauge that is read at each scrape. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.getAsDouble()))
                .register(registry);
    }

    /** Tells which store holds the runs. */
    public void store(String name) {
        Info.builder()
                .name("ai_run_store_info")
                .help("Where runs are kept.")
                .labelNames("store")
                .register(registry)
                .addLabelValues(name);
    }

    // Nothing here is traced, so there are no exemplars; without them counting needs no thread and no clock.
    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
    }

    private Counter labelled(String name, String help, String label) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .withoutExemplars()
                .register(registry);
    }

    PrometheusRegistry registry() {
        return registry;
    }

    @Override
    public void opened(String client) {
        connections.inc();
        streamsByClient.merge(client, 1, Integer::sum);
    }

    @Override
    public void firstByte(long nanosSinceRequest) {
        timeToFirstByte.observe(nanosSinceRequest / NANOS_PER_MILLI);
    }

    @Override
    public void closed(String client, Ended how, long nanosOpen) {
        streamsByClient.computeIfPresent(client, (name, open) -> open == 1 ? null : open - 1);
        closed.labelValues(how.wireName()).inc();
        duration.observe(nanosOpen / NANOS_PER_MILLI);
        // Last: who sees no connection finds all else counted.
        connections.dec();
    }

    @Override
    public void turnedAway(Ended how) {
        closed.labelValues(how.wireName()).inc();
    }

    @Override
    public void resumed(Resume outcome) {
        resumes.labelValues(outcome.wireName()).inc();
    }

    @Override
    public void sent(long bytes) {
        bytesSent.inc(bytes);
    }

    @Override
    public void failed(String reason) {
        errors.labelValues(reason).inc();
    }

    @Override
    public void opened(RunRecord run) {
        started.inc();
    }

    @Override
    public void changed(RunRecord before, RunRecord after) {
        if (after.epoch() == before.epoch() && after.lastSeq() > before.lastSeq()) {
            events.inc(after.lastSeq() - before.lastSeq());
        }
        if (after.isEnded() && !before.isEnded()) {
            ended.labelValues(after.state().wireName()).inc();
            if (after.stop().isRequested()) {
                cancelToEnd.observe(
                        (double) (after.endedAtMillis() - after.stop().atMillis()));
            }
        }
    }

    @Override
    public void stopSeenByWorker(RunRecord run, long millisSinceRequest) {
        cancelToWorker.observe((double) millisSinceRequest);
    }

    @Override
    public void stored(long nanos) {
        storeLatency.observe(nanos / NANOS_PER_MILLI);
    }
}
