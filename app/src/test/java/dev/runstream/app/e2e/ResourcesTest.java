package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.JsonData;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.core.testing.TestSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server still holds when many runs were started, streamed and ended, and when many connections were reset:
 * sockets, descriptors, threads, heap and direct memory are back where they were.
 */
@Tag("slow")
@Timeout(240)
final class ResourcesTest {
    private static final int MANY = 10_000;
    /** So that what is made once is there before the count: threads, pools, code, caches. */
    private static final int FIRST = 1_000;

    private static final int WORKERS = 20;
    private static final int SIMULATIONS_OF = 50;
    /** Of no class may there be more than one object for so many runs or connections. */
    private static final long MORE_OBJECTS = MANY / 40;

    @TempDir
    private Path data;

    private ServerProcess server;

    @BeforeEach
    void start() {
        server = ServerProcess.start(data, 0);
        Assumptions.assumeTrue(Resources.canBeCounted(server), "descriptors are counted in /proc");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void returnToWhereTheyWere() throws Exception {
        streamRuns("first", FIRST);
        Resources before = Resources.whenQuiet(server);

        streamRuns("then", MANY);

        before.awaitAgain(server, MORE_OBJECTS);
        assertThat(server.metric("ai_run_ended_total{state=\"completed\"}")).isEqualTo(FIRST + MANY);
    }

    private void streamRuns(String name, int runs) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RunstreamClient client = server.client()) {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int first = worker;
                workers.add(threads.submit(() -> {
                    try (RawConnection publisher = new RawConnection(server.port())) {
                        for (int i = first; i < runs; i += WORKERS) {
                            if (i / WORKERS % SIMULATIONS_OF == 0) {
                                simulateOne(client);
                            } else {
                                streamOne(publisher, name + i);
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
    }

    private static void simulateOne(RunstreamClient client) throws InterruptedException {
        StartRun start = StartRun.of("fund-scenario").input(JsonData.of("{\"paths\":50}"));
        try (Watcher reader = new Watcher(client.follow(client.startRun(start).runId()))) {
            assertThat(reader.awaitEnd().event()).isEqualTo("complete");
        }
    }

    private void streamOne(RawConnection publisher, String runId) throws IOException {
        publisher.post("run", "json", "{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
        assertThat(publisher.status()).isEqualTo(201);
        try (RawConnection reader = new RawConnection(server.port())) {
            reader.send(stream(runId));
            reader.awaitFirstByte();
            publisher.post(
                    "run/" + runId + "/events",
                    "x-ndjson",
                    "{\"type\":\"delta\",\"data\":\"some text of an answer\"}\n"
                            + "{\"type\":\"complete\",\"data\":\"the whole answer\"}\n");
            assertThat(publisher.status()).isEqualTo(200);
            assertThat(reader.rest()).contains("event: complete").endsWith("0\r\n\r\n");
        }
    }

    private static String stream(String runId) {
        return "GET /api/agents/stream/" + runId + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    @Test
    void returnToWhereTheyWereAfterResets() throws Exception {
        long seed = TestSeed.draw();
        Random random = new Random(seed);
        try {
            resetMany("first", FIRST, random);
            Resources before = Resources.whenQuiet(server);

            resetMany("then", MANY, random);

            before.awaitAgain(server, MORE_OBJECTS);
        } catch (IOException | AssertionError fault) {
            throw new AssertionError(TestSeed.again(seed), fault);
        }
        assertThat(server.metric("ai_stream_errors_total{reason=\"internal\"}")).isZero();
    }

    /** Of connections to a run that goes on meanwhile, and then ends. */
    private void resetMany(String runId, int connections, Random random) throws IOException {
        String events = "run/" + runId + "/events";
        try (RawConnection publisher = new RawConnection(server.port())) {
            publisher.post("run", "json", "{\"agent\":\"external\",\"runId\":\"" + runId + "\"}");
            assertThat(publisher.status()).isEqualTo(201);
            String line = "{\"type\":\"delta\",\"data\":\"" + "x".repeat(5_000) + "\"}\n";
            publisher.post(events, "x-ndjson", line.repeat(100));
            assertThat(publisher.status()).isEqualTo(200);
            for (int i = 0; i < connections; i++) {
                resetOne(runId, random);
                if (i % 50 == 0) {
                    publisher.post(events, "json", "{\"type\":\"delta\",\"data\":" + i + "}");
                    assertThat(publisher.status()).isEqualTo(200);
                }
            }
            publisher.post(events, "json", "{\"type\":\"complete\",\"data\":1}");
            assertThat(publisher.status()).isEqualTo(200);
        }
    }

    /** At some moment: before, within or after a request, or while an answer comes. */
    private void resetOne(String runId, Random random) throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            String stream = stream(runId);
            switch (random.nextInt(8)) {
                case 0 -> connection.send("");
                case 1 -> connection.send(stream.substring(0, random.nextInt(stream.length())));
                case 2 -> connection.send(stream);
                case 3 ->
                    connection.send("POST /api/agents/run/" + runId + "/events HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"type\":\"del");
                case 4 -> connection.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
                default -> {
                    connection.send(stream);
                    connection.awaitFirstByte();
                }
            }
            connection.reset();
        }
    }
}
