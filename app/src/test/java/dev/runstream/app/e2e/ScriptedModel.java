package dev.runstream.app.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An OpenAI-compatible endpoint that answers with so many tokens at a steady pace. Each token is the {@link
 * System#nanoTime} at which it was sent.
 */
final class ScriptedModel implements AutoCloseable {
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final int tokens;
    private final Duration every;
    private final CompletableFuture<Void> hungUp = new CompletableFuture<>();

    ScriptedModel(int tokens, Duration every) throws IOException {
        this.tokens = tokens;
        this.every = every;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/v1/chat/completions", this::answer);
        http.start();
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/v1");
    }

    /** Done once an answer could not be sent to its end. */
    CompletableFuture<Void> hungUp() {
        return hungUp;
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        OutputStream body = exchange.getResponseBody();
        int[] left = {tokens};
        ScheduledFuture<?> sending = pace.scheduleAtFixedRate(
                () -> {
                    try {
                        if (left[0]-- > 0) {
                            chunk(body, "{\"content\":\"" + System.nanoTime() + " \"},\"finish_reason\":null");
                        } else {
                            chunk(body, "{},\"finish_reason\":\"stop\"");
                            write(body, "[DONE]");
                            sent.complete(null);
                        }
                    } catch (IOException gone) {
                        hungUp.complete(null);
                        sent.complete(null);
                    }
                },
                0,
                every.toNanos(),
                TimeUnit.NANOSECONDS);
        sent.join();
        sending.cancel(false);
        exchange.close();
    }

    private static void chunk(OutputStream body, String deltaAndReason) throws IOException {
        write(
                body,
                "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
                        + deltaAndReason + "}]}");
    }

    private static void write(OutputStream body, String data) throws IOException {
        body.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    @Override
    public void close() {
        pace.shutdownNow();
        http.stop(0);
        threads.shutdownNow();
    }
}
