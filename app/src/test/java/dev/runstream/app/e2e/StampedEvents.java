package dev.runstream.app.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Events of one size that carry the time they were sent, published at a steady rate, and how long each took to a reader. */
final class StampedEvents {
    private static final long TICK_MILLIS = 2;
    private static final int DIGITS = 19;
    private static final String BEFORE_STAMP = "data: {\"t\":\"";
    private static final String AFTER_STAMP = "\",\"x\":\"";

    private final int perSecond;
    private final String rest;

    /** @param bytes the size of an event's data */
    StampedEvents(int perSecond, int bytes) {
        this.perSecond = perSecond;
        rest = AFTER_STAMP + "x".repeat(bytes - 6 - DIGITS - AFTER_STAMP.length() - 2) + "\"}";
    }

    private String line(long nanos) {
        return "{\"type\":\"delta\",\"data\":{\"t\":\"" + "%019d".formatted(nanos) + rest + "}\n";
    }

    /** Publishes so many, and the end of the run, in one request; done when the last is written. */
    CompletableFuture<Void> publish(RawConnection to, String runId, int count, ScheduledExecutorService clock)
            throws IOException {
        String end = "{\"type\":\"complete\",\"data\":1}\n";
        long length = (long) count * line(0).length() + end.length();
        to.send("POST /api/agents/run/" + runId + "/events HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: " + length + "\r\n\r\n");
        CompletableFuture<Void> written = new CompletableFuture<>();
        long begin = System.nanoTime();
        int[] sent = {0};
        ScheduledFuture<?> ticking = clock.scheduleAtFixedRate(
                () -> {
                    try {
                        long due = (System.nanoTime() - begin) * perSecond / TimeUnit.SECONDS.toNanos(1);
                        while (sent[0] < Math.min(due, count)) {
                            to.send(line(System.nanoTime()));
                            sent[0]++;
                        }
                        if (sent[0] == count && !written.isDone()) {
                            to.send(end);
                            written.complete(null);
                        }
                    } catch (IOException | RuntimeException fault) {
                        written.completeExceptionally(fault);
                    }
                },
                0,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
        return written.whenComplete((done, fault) -> ticking.cancel(false));
    }

    /** Reads a run to its end over HTTP/1.0; how many nanoseconds each event took. */
    long[] read(int port, String runId, Runnable begun) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /api/agents/stream/" + runId + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
            LongStream.Builder took = LongStream.builder();
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.append((char) next);
                if (next == '\n') {
                    if (line.indexOf("retry:") == 0) {
                        begun.run();
                    }
                    line.setLength(0);
                } else if (line.length() == BEFORE_STAMP.length() && line.indexOf(BEFORE_STAMP) == 0) {
                    byte[] stamp = in.readNBytes(DIGITS);
                    took.add(System.nanoTime() - Long.parseLong(new String(stamp, StandardCharsets.US_ASCII)));
                    in.skipNBytes(rest.length());
                }
            }
            return took.build().toArray();
        }
    }
}
