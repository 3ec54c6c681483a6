package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.RunPublisher;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code SIGTERM} to a server at work. */
@Tag("slow")
@Timeout(180)
final class StopTest {
    private static final Duration DRAIN = Duration.ofSeconds(3);
    private static final int READERS = 8;

    @TempDir
    private Path data;

    @Test
    void endsInTimeWithStatusZeroAndARestartGoesOn() throws Exception {
        int port = ServerProcess.freePort();
        ServerProcess server = ServerProcess.start(data, port, "--drain", DRAIN.toSeconds() + "s");
        List<Watcher> readers = new ArrayList<>();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try (RunstreamClient client = server.client()) {
            String simulation = client.startRun(StartRun.of("fund-scenario").input(Funds.input(Funds.ENDLESS)))
                    .runId();
            String external = client.startRun(StartRun.external()).runId();
            for (int i = 0; i < READERS; i++) {
                readers.add(new Watcher(client.follow(i % 2 == 0 ? simulation : external)));
            }
            Future<Integer> published = threads.submit(() -> publish(client, external, enough));
            readers.get(0).awaitFirst("partial");
            readers.get(1).awaitFirst("delta");
            try (Request open = new Request(port);
                    Request body = new Request(port)) {
                assertThat(open.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                        .contains(" 200 ");
                body.send("POST /api/agents/run/" + external + "/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
                        + "{\"type\":\"delta\",\"data\":\"a line of an unfinished request\"}\n");
                readers.get(1).awaitEvent("line", event -> event.data().text().contains("unfinished request"));

                long asked = System.nanoTime();
                server.process().destroy();
                String ready = " 200 ";
                while (ready.contains(" 200 ")) {
                    ready = open.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                }
                assertThat(ready).contains(" 503 ");
                assertThat(server.process().isAlive()).isTrue();
                server.awaitUntil("new connections are refused", () -> isRefused(port));
                assertThat(server.awaitEnd()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(DRAIN.plusSeconds(2));
            }
            for (Watcher reader : readers) {
                reader.await(
                        "drain",
                        item -> item instanceof StreamItem.Closing(StreamItem.Closing.Why why)
                                && why == StreamItem.Closing.Why.DRAIN);
            }

            server = ServerProcess.start(data, port);
            enough.set(true);
            int events = published.get(60, TimeUnit.SECONDS);
            Watcher simulated = readers.get(0);
            simulated.awaitAttempt(2);
            assertThat(ofFirstAttempt(simulated)).extracting(StreamEvent::event).contains("partial");
            client.cancelRun(simulation);
            for (Watcher reader : readers) {
                reader.awaitEnd();
                assertThat(reader.losses()).isEmpty();
            }
            assertThat(readers.get(1).data("delta").stream()
                            .filter(text -> !text.contains("unfinished"))
                            .toList())
                    .isEqualTo(IntStream.range(0, events)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(client.getRun(external).state()).isEqualTo(RunState.COMPLETED);
        } finally {
            threads.shutdownNow();
            readers.forEach(Watcher::close);
            server.close();
        }
    }

    /** Publishes numbers until it is enough, and ends the run; how many. */
    private static int publish(RunstreamClient client, String runId, AtomicBoolean enough) {
        try (RunPublisher publisher = client.publish(runId)) {
            int next = 0;
            while (!enough.get()) {
                publisher.delta(next++);
                publisher.flush();
            }
            publisher.complete("done");
            return next;
        }
    }

    private static boolean isRefused(int port) {
        try (Socket taken = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return taken.isClosed();
        } catch (ConnectException refused) {
            return true;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static List<StreamEvent> ofFirstAttempt(Watcher reader) {
        return reader.events().stream()
                .takeWhile(event -> !Watcher.isStatus(event, "state", "retrying"))
                .toList();
    }

    @Test
    void endsAtOnceWhenNothingIsGoingOn() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, 0)) {
            long asked = System.nanoTime();
            assertThat(server.terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void doesNotWaitLongerForAnAgentThatHeedsNothing(@TempDir Path agents) throws Exception {
        AgentJars.put(
                agents,
                "deaf",
                "run.delta(\"working\");"
                        + " while (true) { try { Thread.sleep(1000000); } catch (InterruptedException on) { } }");
        try (ServerProcess server = ServerProcess.start(data, 0, "--drain", "1s", "--agents", agents.toString());
                RunstreamClient client = server.client()) {
            String runId = client.startRun(StartRun.of("deaf")).runId();
            try (Watcher reader = new Watcher(client.follow(runId))) {
                reader.awaitFirst("delta");
            }
            long asked = System.nanoTime();
            assertThat(server.terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
        }
    }

    /** A connection on which requests are made by hand. */
    private static final class Request implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Request(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(30_000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The status line of the answer, whose body is read too. */
        String ask(String request) throws IOException {
            send(request);
            String status = String.valueOf(in.readLine());
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip());
                }
            }
            in.skip(length);
            return status;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
