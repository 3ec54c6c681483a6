package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Publishes numbered events to the run {@code crash}, so many in one request, each request again and again until it is
 * acknowledged.
 */
final class CrashProducer implements AutoCloseable {
    private static final long COMES_BACK_AFTER_MILLIS = 10;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI events;
    private final String name;
    private final int atOnce;
    private final Semaphore acknowledged;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final FutureTask<Integer> sending = new FutureTask<>(this::publishUntilStopped);

    CrashProducer(int port, String name, int atOnce, Semaphore acknowledged) {
        this.events = URI.create("http://127.0.0.1:" + port + "/api/agents/run/crash/events");
        this.name = name;
        this.atOnce = atOnce;
        this.acknowledged = acknowledged;
        Thread.ofVirtual().start(sending);
    }

    /** Fails with what the server has refused, if it has. */
    void requireGoing() throws Exception {
        if (sending.isDone()) {
            sending.get();
        }
    }

    /** Stops after the request it is at; the data of all that was acknowledged. */
    List<String> stop() throws Exception {
        stopped.countDown();
        return IntStream.range(0, sending.get(60, TimeUnit.SECONDS))
                .mapToObj(this::data)
                .toList();
    }

    @Override
    public void close() {
        stopped.countDown();
        sending.cancel(true);
    }

    private String data(int number) {
        return "\"" + name + " " + number + "\"";
    }

    private int publishUntilStopped() throws InterruptedException {
        int next = 0;
        boolean going = true;
        while (going || next == 0) {
            while (!publish(next)) {
                stopped.await(COMES_BACK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
            }
            next += atOnce;
            acknowledged.release(atOnce);
            going = stopped.getCount() > 0;
        }
        return next;
    }

    private boolean publish(int first) throws InterruptedException {
        StringBuilder lines = new StringBuilder();
        for (int number = first; number < first + atOnce; number++) {
            lines.append("{\"type\":\"delta\",\"data\":").append(data(number)).append("}\n");
        }
        HttpRequest request = HttpRequest.newBuilder(events)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/x-ndjson")
                .header("Producer-Id", name)
                .header("Producer-Epoch", "1")
                .header("Producer-Seq", Integer.toString(first))
                .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return true;
        } catch (IOException serverGone) {
            return false;
        }
    }
}
