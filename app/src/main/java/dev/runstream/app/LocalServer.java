package dev.runstream.app;

import dev.runstream.app.config.ListenSettings;
import dev.runstream.app.config.Machine;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.StoreSettings;
import dev.runstream.bullmq.BullmqQueues;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.AddressInUseException;
import dev.runstream.server.RunstreamServer;
import dev.runstream.server.ServerSettings;
import dev.runstream.server.api.AgentDirectory;
import dev.runstream.server.metrics.ServerMetrics;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server in this process: the one place where {@link LocalRuns} and HTTP are put together.
 *
 * <p>It stops in the order of what depends on what: no new runs and connections; agents get their time, while streams are
 * ended a little apart; then HTTP, the agents' threads, the store.
 */
final class LocalServer implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
    /** Over how long streams are told to go, so that they do not come back all at once. */
    private static final Duration LONGEST_SPREAD = Duration.ofSeconds(5);

    /** This part of the heap is for request bodies on their way. */
    private static final int BODY_SHARE = 4;

    private static final Duration LOOK_AT_STREAMS_EVERY = Duration.ofMillis(20);

    private final String host;
    private final RunstreamServer http;
    private final LocalRuns runs;
    private final Closing closing;
    private final Stop stop = new Stop(this::stop);

    private LocalServer(ServeConfiguration configuration, Closing closing) {
        this.closing = closing;
        host = configuration.listen().host();
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        ServerMetrics metrics = new ServerMetrics();
        runs = LocalRuns.open(configuration.work(), metrics, clock, random, closing);
        metrics.watch(runs.store());
        metrics.store(nameOf(configuration.work().store()));
        metrics.gauge(
                "ai_run_agents_working",
                "Agents at work in this process.",
                () -> runs.gauges().running());
        metrics.gauge(
                "ai_run_agents_stuck",
                "Agents that go on although their run has ended.",
                () -> runs.gauges().stuckAgents());
        Optional<BullmqQueues> queues = followQueues(configuration, clock);
        queues.ifPresent(followed -> metrics.gauge(
                "ai_bullmq_entries_read",
                "Entries of queues' event streams that this process has read.",
                followed::copiedEntries));
        RunStore shown = queues.map(BullmqQueues::store).orElse(runs.store());
        AgentDirectory agents = queues.<AgentDirectory>map(followed -> new QueueAgents(runs.agents(), followed))
                .orElse(runs.agents());
        http = closing.add(listen(configuration, shown, agents, metrics, clock, random));
        runs.store().serving();
        runs.start();
    }

    /** See {@link Service.Start}. */
    static Service start(ServeConfiguration configuration) {
        return Closing.start(closing -> new LocalServer(configuration, closing));
    }

    private static String nameOf(StoreSettings store) {
        return switch (store) {
            case StoreSettings.Memory memory -> "memory";
            case StoreSettings.Sqlite sqlite -> "sqlite";
            case StoreSettings.Redis redis -> "redis";
        };
    }

    private Optional<BullmqQueues> followQueues(ServeConfiguration configuration, InstantSource clock) {
        if (configuration.queues().isEmpty() || !(configuration.work().store() instanceof StoreSettings.Redis redis)) {
            return Optional.empty();
        }
        return Optional.of(closing.add(BullmqQueues.open(
                configuration.queues().get(),
                redis.address(),
                runs.store(),
                runs.copied().orElseThrow(),
                clock,
                runs.timers())));
    }

    private static RunstreamServer listen(
            ServeConfiguration configuration,
            RunStore store,
            AgentDirectory agents,
            ServerMetrics metrics,
            InstantSource clock,
            SecureRandom random) {
        ListenSettings listen = configuration.listen();
        ServerSettings settings = new ServerSettings(
                listen.host(),
                listen.port(),
                listen.insecure(),
                listen.basePath(),
                listen.transport().toString(),
                configuration.streams().keepalive(),
                configuration.streams().idleTimeout(),
                configuration.streams().slowReaderTimeout(),
                configuration.work().runs().lease(),
                configuration.work().runs().maxEventBytes(),
                configuration.maxInputBytes(),
                listen.maxConnections(),
                Machine.current().otherConnections(listen.maxConnections()),
                Runtime.getRuntime().maxMemory() / BODY_SHARE,
                listen.corsOrigins(),
                configuration.work().drain());
        try {
            return RunstreamServer.start(settings, configuration.work().runs(), store, agents, metrics, clock, random);
        } catch (AddressInUseException taken) {
            throw new StartFailedException(
                    "port " + listen.port() + " of " + listen.host() + " is taken: another process listens there. Stop"
                            + " that one, or give another --port; --port 0 takes a free one and says which.",
                    taken);
        } catch (IOException | IllegalArgumentException fault) {
            throw new StartFailedException(String.valueOf(fault.getMessage()), fault);
        }
    }

    @Override
    public String readyLine() {
        return "Runstream is ready at http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + http.address().getPort();
    }

    @Override
    public void drain() {
        stop.begin();
    }

    private void stop() {
        Duration drain = runs.timeToDrain();
        long end = System.nanoTime() + drain.toNanos();
        LOG.info("stopping: {} streams are open, agents get {} s", http.openStreams(), drain.toSeconds());
        runs.store().drain();
        Duration half = drain.dividedBy(2);
        http.drain(half.compareTo(LONGEST_SPREAD) < 0 ? half : LONGEST_SPREAD);
        runs.drainAgents();
        try {
            while (http.openStreams() > 0 && System.nanoTime() - end < 0) {
                Thread.sleep(LOOK_AT_STREAMS_EVERY);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closing.closeAll();
        LOG.info("stopped");
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        stop.await();
    }
}
