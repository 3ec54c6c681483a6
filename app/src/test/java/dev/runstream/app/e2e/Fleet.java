package dev.runstream.app.e2e;

import dev.runstream.client.JsonData;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import dev.runstream.store.redis.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gateways without agents and workers with the agent `marking`, in processes of their own around one real Redis. */
final class Fleet {
    static final Duration LEASE = Duration.ofSeconds(2);

    final RedisServer redis = RedisServer.start();
    final Marks marks;
    private final Path data;
    private final Path agents;
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Keeps what it writes in folders of its own below the one given. */
    Fleet(Path folder) throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        agents = Files.createDirectories(folder.resolve("agents"));
        marks = new Marks(Files.createDirectories(folder.resolve("marks")));
        marks.putAgent(agents);
    }

    ServerProcess gateway() {
        return opened(ServerProcess.start(data, 0, flags(LEASE, "--max-running", "0", "--store", redis.address())));
    }

    WorkerProcess worker(String... more) {
        return workerAt(redis.address(), LEASE, more);
    }

    WorkerProcess workerAt(String store, Duration lease, String... more) {
        return opened(WorkerProcess.start(store, flags(lease, more)));
    }

    private String[] flags(Duration lease, String... more) {
        return Stream.concat(
                        Stream.of("--agents", agents.toString(), "--lease", lease.toMillis() + "ms"), Stream.of(more))
                .toArray(String[]::new);
    }

    /** A client of a gateway of its own. */
    RunstreamClient client() {
        return client(gateway());
    }

    RunstreamClient client(ServerProcess gateway) {
        return opened(gateway.client());
    }

    Watcher watch(RunstreamClient client, String runId) {
        return opened(new Watcher(client.follow(runId)));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    /** Starts a run of `marking`, and gives its id. */
    static String start(RunstreamClient client, int attempts, String input) {
        return client.startRun(
                        StartRun.of("marking").attempts(attempts).input(JsonData.of("{\"be\":\"" + input + "\"}")))
                .runId();
    }

    /** The process that sent an event. */
    static long pid(StreamEvent event) {
        return event.data().tree().asLong();
    }

    /** The processes that sent the deltas among events. */
    static List<Long> pids(List<StreamEvent> events) {
        return events.stream()
                .filter(event -> event.event().equals("delta"))
                .map(Fleet::pid)
                .toList();
    }

    public void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        redis.close();
    }
}
