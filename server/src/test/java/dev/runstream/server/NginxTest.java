package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nginx in front, as it comes: its upstream speaks HTTP/1.0, and it buffers unless told not to. */
@Tag("slow")
class NginxTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ApiServer server = ApiServer.start();
    private Optional<Process> nginx = Optional.empty();
    private int port;

    @TempDir
    private Path folder;

    @BeforeEach
    void startNginx() throws IOException, InterruptedException {
        Optional<String> binary = Stream.of(System.getenv("PATH"), "/usr/sbin", "/usr/local/sbin")
                .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
                .map(folder -> folder + "/nginx")
                .filter(path -> new File(path).canExecute())
                .findFirst();
        assumeThat(binary)
                .as("nginx is not installed here: apt-get install nginx-light")
                .isPresent();
        port = freePort();
        Path config = folder.resolve("nginx.conf");
        Files.writeString(config, """
                user root;
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d;
                    location / { proxy_pass http://127.0.0.1:%3$d; }
                  }
                }
                """.formatted(folder, port, server.port()));
        nginx = Optional.of(new ProcessBuilder(
                        binary.get(), "-c", config.toString(), "-p", folder.toString(), "-e", folder + "/error.log")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.log").toFile())
                .start());
        awaitNginx();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A process from elsewhere tells nobody when it listens, so it has to be asked. */
    private void awaitNginx() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            Process process = nginx.orElseThrow();
            assertThat(process.waitFor(20, TimeUnit.MILLISECONDS))
                    .as("nginx ended: %s", Files.readString(folder.resolve("out.log")))
                    .isFalse();
            assertThat(System.nanoTime()).as("nginx does not listen").isLessThan(deadline);
        }
    }

    private boolean answers() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (java.net.ConnectException notYet) {
            return false;
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (nginx.isPresent()) {
            nginx.get().destroy();
            nginx.get().waitFor();
        }
        server.close();
    }

    @Test
    void passesAStreamThroughEventByEventAndItsEnd() {
        server.startExternal("a");
        try (RawHttp reader = new RawHttp(port)) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(reader.head())
                    .startsWith("HTTP/1.1 200")
                    .contains("Content-Type: text/event-stream", "Transfer-Encoding: chunked");
            assertThat(until(reader, "running\"")).contains("retry: 10000");
            for (int i = 0; i < 5; i++) {
                server.publish("a", "{\"type\":\"delta\",\"data\":" + i + "}");
                // It would not arrive before the next one, were it held back anywhere.
                assertThat(until(reader, "data: " + i + "\n\n")).contains("event: delta\n");
            }
            server.publish("a", "{\"type\":\"complete\",\"data\":\"end\"}");
            until(reader, "event: complete\ndata: \"end\"\n\n");
            assertThat(reader.chunk()).isEmpty();
        }
    }

    private static String until(RawHttp reader, String wanted) {
        StringBuilder arrived = new StringBuilder();
        while (arrived.indexOf(wanted) < 0) {
            arrived.append(new String(reader.chunk().orElseThrow(), StandardCharsets.UTF_8));
        }
        return arrived.toString();
    }

    @Test
    void passesRequestsAndTheirAnswersThrough() {
        RawHttp.Answer started = RawHttp.postJson(port, "/api/agents/run", "{\"agent\":\"external\",\"runId\":\"a\"}");
        assertThat(started.status()).isEqualTo(201);
        assertThat(RawHttp.get(port, "/api/agents/stream/nobody").status()).isEqualTo(404);
        String large = "{\"type\":\"delta\",\"data\":\"" + "x".repeat(300_000) + "\"}";
        Problems.assertProblem(RawHttp.postJson(port, "/api/agents/run/a/events", large), 413, "event-too-large");
        RawHttp.Answer cancelled = RawHttp.ask(port, "DELETE /api/agents/run/a", "", "");
        assertThat(cancelled.status()).isEqualTo(204);
        assertThat(cancelled.header("Run-State")).contains("cancelling");
    }

    @Test
    void leavesNoReaderBehindWhenTheBrowserHasGone() {
        server.start("{\"agent\":\"external\",\"runId\":\"a\"}");
        try (RawHttp reader = new RawHttp(port)) {
            reader.send("GET /api/agents/stream/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            reader.head();
            until(reader, "running\"");
            assertThat(server.server().openStreams()).isEqualTo(1);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!server.get("/api/agents/run/a").text().contains("\"readers\":0")) {
            assertThat(System.nanoTime()).as("the stream is still open").isLessThan(deadline);
        }
    }
}
