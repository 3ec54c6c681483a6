package dev.runstream.server;

import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.server.api.AgentDirectory;
import dev.runstream.server.api.Api;
import dev.runstream.server.http.AcceptFaults;
import dev.runstream.server.http.BodyMemory;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.ConnectionTimes;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.HttpConnections;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.RequestRules;
import dev.runstream.server.http.Response;
import dev.runstream.server.http.Router;
import dev.runstream.server.metrics.MetricsEndpoint;
import dev.runstream.server.metrics.ServerMetrics;
import dev.runstream.server.stream.StreamEndpoint;
import dev.runstream.server.stream.Streams;
import dev.runstream.server.transport.Transport;
import dev.runstream.server.web.WebPages;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: streams runs to readers, and takes what starts, feeds and cancels them.
 *
 * <p>Safe for any thread. It does not own the store: close the server first.
 */
public final class RunstreamServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunstreamServer.class);
    private static final int BACKLOG = 4_096;
    /** What native transports put before the system's own words. */
    private static final String NATIVE_FAULT = "^\\S+ failed with error\\(-?\\d+\\): ";

    // immutable
    private final EventLoopGroup loops;
    private final Channel listening;
    private final Streams streams;
    private final HttpConnections connections;
    private final RunStore store;

    // shared
    private volatile boolean draining;

    private RunstreamServer(
            ServerSettings settings,
            RunSettings runSettings,
            RunStore store,
            AgentDirectory agents,
            ServerMetrics metrics,
            InstantSource clock,
            RandomGenerator random,
            ConnectionTimes times)
            throws IOException {
        this.store = store;
        Transport transport = Transport.choose(settings.transport());
        LOG.info("transport {}", transport.configName());
        loops = transport.newLoops(Runtime.getRuntime().availableProcessors(), "runstream-loop");
        try {
            streams = new Streams(settings, loops, metrics, random);
            Router router = new Router(new WebPages(settings.basePath()))
                    .get(settings.basePath() + "/stream/*", new StreamEndpoint(store, streams))
                    .get("/metrics", new MetricsEndpoint(metrics))
                    .get("/healthz", RunstreamServer::health)
                    .get("/readyz", this::readiness);
            BodyMemory bodies = new BodyMemory(settings.maxBodyBytes());
            Api.addTo(router, settings, runSettings, store, agents, bodies, clock, random, () -> draining);
            connections = new HttpConnections(
                    router,
                    new RequestRules(settings.corsOrigins(), settings.insecure()),
                    loops,
                    times,
                    settings.maxConnections() + settings.otherConnections());
            listening = listen(settings, transport);
        } catch (IOException | RuntimeException fault) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw fault;
        }
    }

    /**
     * Starts to serve.
     *
     * @throws AddressInUseException if another process listens on the address
     * @throws IOException if the address cannot be listened on for another reason
     * @throws IllegalArgumentException if the transport asked for does not work here
     */
    public static RunstreamServer start(
            ServerSettings settings,
            RunSettings runSettings,
            RunStore store,
            AgentDirectory agents,
            ServerMetrics metrics,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        return start(settings, runSettings, store, agents, metrics, clock, random, ConnectionTimes.defaults());
    }

    static RunstreamServer start(
            ServerSettings settings,
            RunSettings runSettings,
            RunStore store,
            AgentDirectory agents,
            ServerMetrics metrics,
            InstantSource clock,
            RandomGenerator random,
            ConnectionTimes times)
            throws IOException {
        return new RunstreamServer(settings, runSettings, store, agents, metrics, clock, random, times);
    }

    private Channel listen(ServerSettings settings, Transport transport) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new AcceptFaults())
                .childHandler(connections);
        transport.unsentOptions().forEach((option, value) -> childOption(bootstrap, option, value));
        try {
            return bootstrap
                    .bind(new InetSocketAddress(settings.host(), settings.port()))
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception fault) {
            // Netty throws what the bind failed with, whether or not it is declared.
            String reason = String.valueOf(fault.getMessage()).replaceFirst(NATIVE_FAULT, "");
            String told = "cannot listen on " + settings.host() + " port " + settings.port() + ": " + reason;
            throw reason.contains("already in use")
                    ? new AddressInUseException(told, fault)
                    : new IOException(told, fault);
        }
    }

    @SuppressWarnings("unchecked")
    private static void childOption(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.childOption((ChannelOption<Object>) option, value);
    }

    private static BodySink health(Exchange exchange) {
        exchange.respond(Response.json(HttpResponseStatus.OK, Map.of("status", "ok")));
        return BodySink.IGNORE;
    }

    private BodySink readiness(Exchange exchange) {
        StoreHealth health = store.health();
        if (draining) {
            exchange.respond(Problem.overloaded("the server is stopping"));
        } else if (!health.ready()) {
            exchange.respond(Problem.storeUnavailable(health.message()));
        } else {
            exchange.respond(Response.json(HttpResponseStatus.OK, Map.of("status", "ready")));
        }
        return BodySink.IGNORE;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    public int openStreams() {
        return streams.openStreams();
    }

    /**
     * Begins to stop: readiness turns red, the listening socket closes, no run begins, and the streams are ended one by
     * one within the time. Returns at once.
     */
    public void drain(Duration within) {
        draining = true;
        listening.close().syncUninterruptibly();
        connections.drain();
        streams.drain(within);
    }

    /** Closes every connection, and returns when all is closed. */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        draining = true;
        listening.close().syncUninterruptibly();
        connections.closeIdle();
        streams.cutAll();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
