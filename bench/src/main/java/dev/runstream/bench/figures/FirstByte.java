package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import dev.runstream.bench.peer.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** How long a reader who comes back near the end waits for the next event: in a long log as in a short one. */
public final class FirstByte implements Figure {
    private static final int LONG = 100_000;
    private static final int SHORT = 100;
    private static final int READERS = 2000;

    private final Peer server;
    private final Resumed longLog;
    private final Resumed shortLog;

    public FirstByte(Workplace workplace) {
        server = Peer.runstream(workplace, Store.MEMORY, "auto", "--run-buffer", "64MB");
        server.load("preload", "-B", "long", "-e", Integer.toString(LONG), "-k", "4");
        server.load("preload", "-B", "short", "-e", Integer.toString(SHORT), "-k", "4");
        longLog = resumed("long0", LONG);
        shortLog = resumed("short0", SHORT);
        round();
    }

    @Override
    public String title() {
        return "time to first event at the end of a log of 100,000 events ÷ of 100";
    }

    @Override
    public String unit() {
        return "µs";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atMost(2);
    }

    @Override
    public List<Sample> round() {
        double[] inLong = new double[READERS];
        double[] inShort = new double[READERS];
        for (int reader = 0; reader < READERS; reader++) {
            inLong[reader] = micros(longLog);
            inShort[reader] = micros(shortLog);
        }
        return List.of(new Sample("median of " + READERS, median(inLong), median(inShort)));
    }

    /** From the request to the end of the first event, with a new connection that has seen all but the last one. */
    private double micros(Resumed log) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setTcpNoDelay(true);
            long before = System.nanoTime();
            socket.getOutputStream().write(request(log.run(), log.lastSeen()));
            firstEvent(socket.getInputStream());
            return (System.nanoTime() - before) / 1e3;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The run of this name and the id before its last. */
    private Resumed resumed(String run, int events) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request(run, ""));
            String first = firstEvent(socket.getInputStream());
            String epoch = first.substring(first.indexOf("id: ") + 4, first.indexOf("-1\n"));
            return new Resumed(run, epoch + "-" + (events - 1));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static byte[] request(String run, String lastSeen) {
        return ("GET /api/agents/stream/" + run + " HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: " + lastSeen
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** What the server sends up to the end of the first event, and perhaps more. */
    private static String firstEvent(InputStream in) throws IOException {
        StringBuilder received = new StringBuilder();
        byte[] buffer = new byte[1 << 16];
        while (received.indexOf("\n\n", Math.max(0, received.indexOf("id: "))) < 0 || received.indexOf("id: ") < 0) {
            int count = in.read(buffer);
            if (count < 0) {
                throw new IOException("the stream ended with: " + received);
            }
            received.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
        return received.toString();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        server.close();
    }

    private record Resumed(String run, String lastSeen) {}
}
