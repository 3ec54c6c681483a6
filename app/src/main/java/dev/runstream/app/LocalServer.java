package dev.runstream.app;

import dev.runstream.app.config.ListenSettings;
import dev.runstream.app.config.Machine;
import dev.runstream.app.config.ServeConfiguration;
import dev.runstream.app.config.StoreSettings;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.execution.AgentLoadException;
import dev.runstream.core.execution.AgentRegistry;
import dev.runstream.core.execution.AgentRunner;
import dev.runstream.core.execution.ComputePool;
import dev.runstream.core.execution.RunnerPorts;
import dev.runstream.core.execution.RunnerSettings;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.server.AddressInUseException;
import dev.runstream.server.RunstreamServer;
import dev.runstream.server.ServerSettings;
import dev.runstream.server.metrics.ServerMetrics;
import dev.runstream.server.transport.LoopTasks;
import dev.runstream.server.transport.NettySlabs;
import dev.runstream.store.sqlite.BootId;
import dev.runstream.store.sqlite.Durability;
import dev.runstream.store.sqlite.SqliteRunStore;
import dev.runstream.store.sqlite.SqliteSettings;
import dev.runstream.store.sqlite.StoreFileException;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole server in this process: the one place where store, agents and HTTP are put together.
 *
 * <p>It stops in the order of what depends on what: no new runs and connections; agents get their time, while streams are
 * ended a little apart; then HTTP, the agents' threads, the store.
 */
final class LocalServer implements Server {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
    /** Over how long streams are told to go, so that they do not come back all at once. */
    private static final Duration LONGEST_SPREAD = Duration.ofSeconds(5);

    /** This part of the heap is for request bodies on their way. */
    private static final int BODY_SHARE = 4;

    private static final Duration LOOK_AT_STREAMS_EVERY = Duration.ofMillis(20);

    private final String host;
    private final RunstreamServer http;
    private final RunStore store;
    private final AgentRunner runner;
    private final Duration drain;
    private final Closing closing;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    private LocalServer(ServeConfiguration configuration, Closing closing) {
        this.closing = closing;
        host = configuration.listen().host();
        drain = configuration.drain();
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        SystemTimers timers = closing.add(new SystemTimers("runstream-timers"));
        ServerMetrics metrics = new ServerMetrics();
        MemoryBudget budget =
                new MemoryBudget(new NettySlabs(PooledByteBufAllocator.DEFAULT), configuration.totalBufferBytes());
        store = closing.add(openStore(configuration, budget, clock, timers, metrics));
        metrics.watch(store);
        JsonCodec codec = new JacksonCodec();
        AgentRegistry registry = closing.add(BuiltInAgents.load(configuration.agents(), clock, timers, random));
        ComputePool pool =
                closing.add(new ComputePool(Runtime.getRuntime().availableProcessors(), new ComputeThreads()));
        runner = new AgentRunner(
                new RunnerSettings(
                        configuration.agents().maxRunning(),
                        configuration.runs().maxEventBytes()),
                registry,
                new RunnerPorts(store, codec, pool, clock, timers, metrics));
        metrics.gauge(
                "ai_run_agents_working",
                "Agents at work in this process.",
                () -> runner.gauges().running());
        metrics.gauge(
                "ai_run_agents_stuck",
                "Agents that go on although their run has ended.",
                () -> runner.gauges().stuckAgents());
        http = closing.add(
                listen(configuration, store, new LocalAgents(registry, runner, codec), metrics, clock, random));
        store.serving();
        runner.start();
    }

    /** See {@link Server.Start}. */
    static Server start(ServeConfiguration configuration) {
        Carriers.provideFor(configuration.agents().maxRunning());
        Closing closing = new Closing();
        try {
            return new LocalServer(configuration, closing);
        } catch (StoreFileException | AgentLoadException | StartFailedException fault) {
            closing.closeAll();
            throw new StartFailedException(String.valueOf(fault.getMessage()), fault);
        } catch (RuntimeException fault) {
            closing.closeAll();
            throw fault;
        }
    }

    private static RunStore openStore(
            ServeConfiguration configuration,
            MemoryBudget budget,
            InstantSource clock,
            SystemTimers timers,
            ServerMetrics metrics) {
        return switch (configuration.store()) {
            case StoreSettings.Memory _ -> {
                LOG.info("store memory: runs are kept for as long as this process lives");
                yield MemoryRunStore.open(configuration.runs(), budget, clock, timers, metrics);
            }
            case StoreSettings.Sqlite file -> {
                Durability durability =
                        file.durability() == StoreSettings.Durability.FSYNC ? Durability.FSYNC : Durability.OS;
                LOG.info("store sqlite in {}, durability {}", file.folder(), file.durability());
                yield SqliteRunStore.open(
                        new SqliteSettings(file.folder(), durability, file.maxDiskBytes(), BootId.ofMachine()),
                        configuration.runs(),
                        budget,
                        clock,
                        timers,
                        metrics,
                        LoopTasks::together);
            }
        };
    }

    private static RunstreamServer listen(
            ServeConfiguration configuration,
            RunStore store,
            LocalAgents agents,
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
                configuration.runs().lease(),
                configuration.runs().maxEventBytes(),
                configuration.maxInputBytes(),
                listen.maxConnections(),
                Machine.current().otherConnections(listen.maxConnections()),
                Runtime.getRuntime().maxMemory() / BODY_SHARE,
                listen.corsOrigins(),
                configuration.drain());
        try {
            return RunstreamServer.start(settings, configuration.runs(), store, agents, metrics, clock, random);
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
    public URI address() {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + http.address().getPort());
    }

    @Override
    public void drain() {
        if (!draining.getAndSet(true)) {
            Thread.ofPlatform().name("runstream-drain").start(this::stop);
        }
    }

    private void stop() {
        long end = System.nanoTime() + drain.toNanos();
        LOG.info("stopping: {} streams are open, agents get {} s", http.openStreams(), drain.toSeconds());
        store.drain();
        Duration half = drain.dividedBy(2);
        http.drain(half.compareTo(LONGEST_SPREAD) < 0 ? half : LONGEST_SPREAD);
        runner.drain(drain);
        try {
            while (http.openStreams() > 0 && System.nanoTime() - end < 0) {
                Thread.sleep(LOOK_AT_STREAMS_EVERY);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closing.closeAll();
        LOG.info("stopped");
        ended.countDown();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Closes what was opened, the last first. */
    private static final class Closing {
        private final Deque<AutoCloseable> opened = new ArrayDeque<>();

        <T extends AutoCloseable> T add(T part) {
            opened.push(part);
            return part;
        }

        void closeAll() {
            while (!opened.isEmpty()) {
                AutoCloseable part = opened.pop();
                try {
                    part.close();
                } catch (Exception fault) {
                    LOG.warn("{} did not close", part.getClass().getSimpleName(), fault);
                }
            }
        }
    }
}
