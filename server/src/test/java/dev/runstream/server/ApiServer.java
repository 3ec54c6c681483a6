package dev.runstream.server;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.server.api.AgentDirectory;
import dev.runstream.server.http.ConnectionTimes;
import dev.runstream.server.metrics.ServerMetrics;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real server on a free port of loopback whose store can be made to fail, with agents that a test may add. */
public final class ApiServer implements AutoCloseable {
    private final SystemTimers timers = new SystemTimers("test-timers");
    private final FaultyStore store;
    private final RunstreamServer server;
    private final Agents agents;

    /** What a server is made of; change what a test needs, then {@link #start}. */
    public static final class Setup {
        private boolean insecure;
        private int maxStreams = 10_000;
        private int otherConnections = 1_000;
        private long bodyBytes = 1L << 30;
        private List<String> origins = List.of();
        private RunSettings runs = RunSettings.defaults();
        private ConnectionTimes times = ConnectionTimes.defaults();
        private final List<TestAgent> agents = new ArrayList<>();

        public Setup runs(RunSettings changed) {
            runs = changed;
            return this;
        }

        public Setup times(ConnectionTimes changed) {
            times = changed;
            return this;
        }

        public Setup agent(String name, InputCheck check) {
            agents.add(new TestAgent(new AgentDirectory.Entry(name, "the test's own " + name, 3), check));
            return this;
        }

        public Setup origins(String... allowed) {
            origins = List.of(allowed);
            return this;
        }

        public Setup insecure() {
            insecure = true;
            return this;
        }

        public Setup maxStreams(int most) {
            maxStreams = most;
            return this;
        }

        public Setup otherConnections(int most) {
            otherConnections = most;
            return this;
        }

        public Setup bodyBytes(long most) {
            bodyBytes = most;
            return this;
        }

        private ServerSettings settings() {
            return new ServerSettings(
                    "127.0.0.1",
                    0,
                    insecure,
                    "/api/agents",
                    "auto",
                    Duration.ofSeconds(25),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    256 * 1024,
                    1024 * 1024,
                    maxStreams,
                    otherConnections,
                    bodyBytes,
                    origins,
                    Duration.ofSeconds(8));
        }

        public ApiServer start() {
            return new ApiServer(this);
        }
    }

    /** Looks at an input as an agent would. */
    public interface InputCheck {
        InputCheck NONE = input -> {};

        void check(JsonBytes input) throws InvalidInputException;
    }

    private record TestAgent(AgentDirectory.Entry entry, InputCheck check) {}

    private ApiServer(Setup setup) {
        ServerMetrics metrics = new ServerMetrics();
        MemoryBudget memory = new MemoryBudget(new NettySlabs(PooledByteBufAllocator.DEFAULT), 64L * 1024 * 1024);
        store = new FaultyStore(MemoryRunStore.open(setup.runs, memory, InstantSource.system(), timers, metrics));
        metrics.watch(store);
        agents = new Agents(List.copyOf(setup.agents));
        try {
            server = RunstreamServer.start(
                    setup.settings(),
                    setup.runs,
                    store,
                    agents,
                    metrics,
                    InstantSource.system(),
                    new SecureRandom(),
                    setup.times);
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
    }

    public static ApiServer start() {
        return new Setup().start();
    }

    public int port() {
        return server.address().getPort();
    }

    public RunstreamServer server() {
        return server;
    }

    public FaultyStore store() {
        return store;
    }

    /** The runs that wait for one of the test's agents, as the server told. */
    public List<String> created() {
        return agents.created;
    }

    // What most tests ask for.

    public RawHttp.Answer get(String path) {
        return RawHttp.get(port(), path);
    }

    public RawHttp.Answer start(String json) {
        return RawHttp.postJson(port(), "/api/agents/run", json);
    }

    public RawHttp.Answer startExternal(String runId) {
        return start("{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
    }

    public RawHttp.Answer publish(String runId, String headers, String body) {
        return RawHttp.ask(
                port(),
                "POST /api/agents/run/" + runId + "/events",
                "Content-Type: application/json\r\n" + headers,
                body);
    }

    public RawHttp.Answer publish(String runId, String event) {
        return publish(runId, "", event);
    }

    public RawHttp.Answer publishLines(String runId, String headers, String lines) {
        return RawHttp.ask(
                port(),
                "POST /api/agents/run/" + runId + "/events",
                "Content-Type: application/x-ndjson\r\n" + headers,
                lines);
    }

    public RawHttp.Answer cancel(String runId) {
        return RawHttp.ask(port(), "DELETE /api/agents/run/" + runId, "", "");
    }

    @Override
    public void close() {
        server.close();
        store.close();
        timers.close();
    }

    private static final class Agents implements AgentDirectory {
        private final List<TestAgent> own;
        private final List<String> created = new CopyOnWriteArrayList<>();

        Agents(List<TestAgent> own) {
            this.own = own;
        }

        @Override
        public List<Entry> entries() {
            List<Entry> entries = new ArrayList<>();
            entries.add(new Entry("external", "takes events over HTTP", 1));
            own.forEach(agent -> entries.add(agent.entry()));
            return entries;
        }

        @Override
        public void check(String agent, JsonBytes input) throws InvalidInputException {
            for (TestAgent known : own) {
                if (known.entry().name().equals(agent)) {
                    known.check().check(input);
                }
            }
        }

        @Override
        public void created(String runId) {
            created.add(runId);
        }
    }
}
