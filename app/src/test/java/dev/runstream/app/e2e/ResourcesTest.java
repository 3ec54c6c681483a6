package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.JsonData;
import dev.runstream.client.RunPublisher;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server still holds when many runs were started, streamed and ended. */
@Tag("slow")
@Timeout(240)
final class ResourcesTest {
    private static final int RUNS = 2_000;
    private static final int AT_ONCE = 40;
    private static final Pattern ROW =
            Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+((?:dev\\.runstream|io\\.netty)\\S*).*");
    /** The store keeps up to 16,384 of them, so as not to look for each run again. */
    private static final Set<String> CACHED = Set.of("dev.runstream.store.sqlite.RunSlot");

    @TempDir
    private Path data;

    @Test
    void returnToWhereTheyWere() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, 0)) {
            Assumptions.assumeTrue(Files.isDirectory(proc(server, "fd")), "descriptors are counted in /proc");
            // What is made once: threads, pools, code, caches.
            streamRuns(server, RUNS / 4);
            awaitQuiet(server);
            int descriptors = descriptors(server).size();
            double threads = server.metric("jvm_threads_current");
            Map<String, Long> objects = ownObjects(server);
            double heapBytes = heapBytes(server);

            streamRuns(server, RUNS);
            awaitQuiet(server);
            // The store opens a few connections for reading as it needs them.
            server.awaitUntil(
                    "the descriptors are given back", () -> descriptors(server).size() <= descriptors + 8);
            server.awaitUntil("the threads have ended", () -> server.metric("jvm_threads_current") <= threads + 4);
            // An agent that has left is looked at again after some seconds, and held until then.
            server.awaitUntil(
                    () -> "nothing is held of the runs; there are more of " + more(ownObjects(server), objects),
                    () -> more(ownObjects(server), objects).isEmpty());
            server.awaitUntil(
                    () -> "the heap is as small as before, " + heapBytes + ", and not " + heapBytes(server),
                    () -> heapBytes(server) < heapBytes + 6_000_000);
            assertThat(server.metric("ai_stream_connections_active")).isZero();
            assertThat(server.metric("ai_run_ended_total{state=\"completed\"}")).isEqualTo(RUNS + RUNS / 4.0);
        }
    }

    private static void streamRuns(ServerProcess server, int runs) throws Exception {
        Semaphore places = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RunstreamClient client = server.client()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                places.acquire();
                boolean simulates = i % 20 == 0;
                all.add(threads.submit(() -> {
                    try {
                        streamOne(client, simulates);
                    } finally {
                        places.release();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void streamOne(RunstreamClient client, boolean simulates) throws InterruptedException {
        StartRun start =
                simulates ? StartRun.of("fund-scenario").input(JsonData.of("{\"paths\":50}")) : StartRun.external();
        String runId = client.startRun(start).runId();
        try (Watcher reader = new Watcher(client.follow(runId))) {
            if (!simulates) {
                try (RunPublisher publisher = client.publish(runId)) {
                    publisher.delta("some text of an answer");
                    publisher.complete("the whole answer");
                }
            }
            assertThat(reader.awaitEnd().event()).isEqualTo("complete");
        }
    }

    private static Path proc(ServerProcess server, String name) {
        return Path.of("/proc", Long.toString(server.process().pid()), name);
    }

    private static void awaitQuiet(ServerProcess server) {
        server.awaitUntil("the streams are closed", () -> server.metric("ai_stream_connections_active") == 0);
        // The one that listens, and the one that asks, perhaps over several addresses.
        server.awaitUntil("the connections are closed", () -> sockets(server) <= 4);
        server.awaitUntil("the logs have left memory", () -> server.metric("ai_run_memory_bytes") == 0);
    }

    private static List<Path> descriptors(ServerProcess server) {
        try (Stream<Path> open = Files.list(proc(server, "fd"))) {
            return open.toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static long sockets(ServerProcess server) {
        return descriptors(server).stream().filter(ResourcesTest::isSocket).count();
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Live objects of our classes and Netty's, counted by class once garbage is collected. */
    private static Map<String, Long> ownObjects(ServerProcess server) {
        Map<String, Long> objects = new HashMap<>();
        for (String line : Jcmd.histogram(server.process())) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !CACHED.contains(row.group(2))) {
                objects.put(row.group(2), Long.parseLong(row.group(1)));
            }
        }
        assertThat(objects).containsKey("dev.runstream.app.LocalServer");
        return objects;
    }

    private static List<String> more(Map<String, Long> after, Map<String, Long> before) {
        return after.entrySet().stream()
                .filter(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L) + RUNS / 40)
                .map(Map.Entry::toString)
                .toList();
    }

    /** Live objects only: a histogram collects garbage first. */
    private static double heapBytes(ServerProcess server) {
        Jcmd.histogram(server.process());
        return server.metric("jvm_memory_used_bytes{area=\"heap\"}");
    }
}
