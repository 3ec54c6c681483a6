package dev.runstream.app.e2e;

import dev.runstream.client.Backoff;
import dev.runstream.client.RunstreamClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A server in a process of its own, as a user starts it, so that a test can end it in any way. Whichever way it ends, the
 * test fails if Netty has found a buffer that was never released.
 */
public final class ServerProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long LOOK_EVERY_MILLIS = 20;
    private static final int LOOKS_FOR_LEAKS = 3;
    private static final List<String> JVM_OPTIONS = List.of("-Xmx512m", "-XX:MaxDirectMemorySize=512m");

    private final Process process;
    private final ServerErrors errors;
    private final URI address;
    /** What a command begins with that is to run where the server is; empty where that is here. */
    private final List<String> within;

    private ServerProcess(List<String> within, Process process, ServerErrors errors, URI address) {
        this.within = within;
        this.process = process;
        this.errors = errors;
        this.address = address;
    }

    /** A port that was free a moment ago, for a server that is to come back under the same address. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Starts {@code serve} and returns when it has said that it is ready. */
    public static ServerProcess start(Path data, int port, String... flags) {
        return start(data, port, Map.of(), flags);
    }

    /** @param environment variables besides those of the test */
    public static ServerProcess start(Path data, int port, Map<String, String> environment, String... flags) {
        return startWithin(List.of(), data, port, environment, flags);
    }

    /**
     * The same, in a network of its own, where only {@link #ask} and what is made of it reaches the server.
     *
     * @param within what a command begins with that is to run there
     */
    static ServerProcess startWithin(
            List<String> within, Path data, int port, Map<String, String> environment, String... flags) {
        List<String> args =
                new ArrayList<>(List.of("serve", "--port", Integer.toString(port), "--data", data.toString()));
        args.addAll(List.of(flags));
        try {
            ProcessBuilder builder = Launch.program(JVM_OPTIONS, args);
            builder.command().addAll(0, within);
            builder.environment().putAll(environment);
            Process process = builder.start();
            ServerErrors errors = new ServerErrors(process.getErrorStream());
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String ready = out.readLine();
            if (ready == null) {
                throw new AssertionError("the server ended with " + process.waitFor() + " before it was ready");
            }
            return new ServerProcess(within, process, errors, URI.create(ready.substring(ready.indexOf("http://"))));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    public URI address() {
        return address;
    }

    public int port() {
        return address.getPort();
    }

    public Process process() {
        return process;
    }

    /** {@code kill -9}, and waits until the process is gone. */
    public void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** A client that comes back soon. */
    public RunstreamClient client() {
        return RunstreamClient.builder(address.resolve("/api/agents"))
                .backoff(new Backoff(Duration.ofMillis(20), Duration.ofMillis(200)))
                .build();
    }

    /** The value of one line of the metrics, named with its labels. */
    public double metric(String name) {
        return valueIn(metrics(), name);
    }

    /** All metrics at one moment. */
    String metrics() {
        return ask("GET", "/metrics", "");
    }

    static double valueIn(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no metric " + name));
    }

    /** Looks again and again for what no event tells of, until it holds, the server has ended or a minute has passed. */
    public void awaitUntil(String what, BooleanSupplier holds) {
        awaitUntil(() -> what, holds);
    }

    /** The same, and says at the end of the minute what there is then. */
    public void awaitUntil(Supplier<String> what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!holds.getAsBoolean()) {
            try {
                if (process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("the server ended before this: " + what.get());
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within a minute: " + what.get());
            }
        }
    }

    /** {@code SIGTERM}; the exit status. */
    public int terminate() {
        process.toHandle().destroy();
        return awaitEnd();
    }

    public int awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the server did not end");
            }
            errors.requireNoLeak();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** The body of the answer to a request, wherever the server is. */
    String ask(String method, String path, String json) {
        if (within.isEmpty()) {
            return send(HttpRequest.newBuilder(address.resolve(path))
                            .header("Content-Type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(json)))
                    .body();
        }
        List<String> curl = new ArrayList<>(within);
        curl.addAll(List.of("curl", "-sS", "--noproxy", "*", "--max-time", "20", "-X", method));
        curl.addAll(List.of("-H", "Content-Type: application/json", "--data-binary", "@-"));
        curl.add(address.resolve(path).toString());
        try {
            Process asking = new ProcessBuilder(curl)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream body = asking.getOutputStream()) {
                body.write(json.getBytes(StandardCharsets.UTF_8));
            }
            return new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(address.resolve(path)));
    }

    public HttpResponse<String> delete(String path) {
        return send(HttpRequest.newBuilder(address.resolve(path)).DELETE());
    }

    public HttpResponse<String> post(String path, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            try {
                lookForLeaks();
            } finally {
                kill();
            }
        }
    }

    /** Netty reports what was lost when it makes the next buffer after a collection. */
    private void lookForLeaks() {
        Jcmd.collectGarbage(process);
        for (int i = 0; i < LOOKS_FOR_LEAKS; i++) {
            ask("GET", "/healthz", "");
        }
    }
}
