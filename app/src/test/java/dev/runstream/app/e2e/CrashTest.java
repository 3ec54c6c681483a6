package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server while it is written to and read from. */
@Tag("slow")
class CrashTest {
    private static final int CRASHES = 5;
    private static final int READERS = 20;
    private static final int PRODUCERS = 4;

    @TempDir
    private Path data;

    @Test
    void losesAndRepeatsNothingThatWasSeenOrAcknowledged() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int port = ServerProcess.freePort();
        Semaphore acknowledged = new Semaphore(0);
        List<PersistentReader> readers = new ArrayList<>();
        ServerProcess server = ServerProcess.start(data, port);
        try (ExecutorService producers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(server.post("/api/agents/run", "{\"agent\":\"external\",\"runId\":\"crash\"}")
                            .statusCode())
                    .isEqualTo(201);
            for (int i = 0; i < READERS; i++) {
                readers.add(new PersistentReader(port, "crash"));
            }
            Producer.State state = new Producer.State();
            List<Future<Integer>> sent = new ArrayList<>();
            for (int i = 0; i < PRODUCERS; i++) {
                Producer producer = new Producer(port, "p" + i, state, acknowledged);
                sent.add(producers.submit(producer::publishUntilStopped));
            }
            for (int crash = 0; crash < CRASHES; crash++) {
                acknowledged.acquire(50 + random.nextInt(1_500));
                server.kill();
                server = ServerProcess.start(data, port);
            }
            state.stop = true;
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < PRODUCERS; i++) {
                for (int n = 0; n < sent.get(i).get(60, TimeUnit.SECONDS); n++) {
                    expected.add("\"p" + i + " " + n + "\"");
                }
            }
            assertThat(server.post("/api/agents/run/crash/events", "{\"type\":\"complete\",\"data\":\"done\"}")
                            .statusCode())
                    .isEqualTo(200);
            for (PersistentReader reader : readers) {
                reader.awaitEnd();
                assertThat(reader.wrongs()).as("seed %d", seed).isEmpty();
                assertThat(reader.connections()).isGreaterThan(1);
                assertThat(reader.received())
                        .as("seed %d", seed)
                        .isEqualTo(readers.getFirst().received());
            }
            List<String> deltas = new ArrayList<>(new ConcurrentSkipListMap<>(
                            readers.getFirst().received())
                    .values().stream().filter(text -> text.startsWith("\"p")).toList());
            assertThat(deltas).as("seed %d", seed).doesNotHaveDuplicates();
            assertThat(new HashSet<>(deltas)).as("seed %d", seed).isEqualTo(expected);
        } finally {
            readers.forEach(PersistentReader::stop);
            server.close();
        }
    }

    /** Publishes numbered events one by one, each until it is acknowledged. */
    private record Producer(int port, String name, State state, Semaphore acknowledged) {
        private static final HttpClient HTTP = HttpClient.newHttpClient();

        private static final class State {
            private volatile boolean stop;
        }

        int publishUntilStopped() throws InterruptedException {
            int next = 0;
            while (!state.stop) {
                if (publish(next)) {
                    next++;
                    acknowledged.release();
                }
            }
            while (next > 0 && !publish(next)) {
                Thread.onSpinWait();
            }
            return next + 1;
        }

        private boolean publish(int number) throws InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/api/agents/run/crash/events"))
                    .timeout(Duration.ofSeconds(10))
                    .header("Content-Type", "application/json")
                    .header("Producer-Id", name)
                    .header("Producer-Epoch", "1")
                    .header("Producer-Seq", Integer.toString(number))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"type\":\"delta\",\"data\":\"" + name + " " + number + "\"}"))
                    .build();
            try {
                HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                return true;
            } catch (IOException serverGone) {
                return false;
            }
        }
    }
}
