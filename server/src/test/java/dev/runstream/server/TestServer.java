package dev.runstream.server;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.server.api.AgentDirectory;
import dev.runstream.server.metrics.ServerMetrics;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A real server on a free port of loopback, with a store in memory and the agent {@code external}. */
public final class TestServer implements AutoCloseable {
    private final SystemTimers timers = new SystemTimers("test-timers");
    private final RunStore store;
    private final RunstreamServer server;

    private TestServer(ServerSettings settings, RunSettings runs, Function<RunStore, RunStore> around, long budget) {
        ServerMetrics metrics = new ServerMetrics();
        MemoryBudget memory = new MemoryBudget(new NettySlabs(PooledByteBufAllocator.DEFAULT), budget);
        store = around.apply(MemoryRunStore.open(runs, memory, InstantSource.system(), timers, metrics));
        metrics.watch(store);
        try {
            server = RunstreamServer.start(
                    settings, runs, store, new External(), metrics, InstantSource.system(), new SecureRandom());
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
    }

    /** With the defaults of the contract. */
    public static TestServer start() {
        return start(UnaryOperator.identity(), UnaryOperator.identity());
    }

    public static TestServer start(UnaryOperator<ServerSettings> settings, UnaryOperator<RunSettings> runs) {
        return start(settings, runs, UnaryOperator.identity());
    }

    /** @param around wraps the store, to inject faults */
    public static TestServer start(
            UnaryOperator<ServerSettings> settings, UnaryOperator<RunSettings> runs, UnaryOperator<RunStore> around) {
        return new TestServer(
                settings.apply(ServerSettings.defaults()),
                runs.apply(RunSettings.defaults()),
                around,
                64L * 1024 * 1024);
    }

    public int port() {
        return server.address().getPort();
    }

    public RunstreamServer server() {
        return server;
    }

    public RunStore store() {
        return store;
    }

    @Override
    public void close() {
        server.close();
        store.close();
        timers.close();
    }

    private static final class External implements AgentDirectory {
        @Override
        public List<Entry> entries() {
            return List.of(new Entry("external", "takes events over HTTP", 1));
        }

        @Override
        public void check(String agent, JsonBytes input) throws InvalidInputException {}

        @Override
        public void created(String runId) {}
    }
}
