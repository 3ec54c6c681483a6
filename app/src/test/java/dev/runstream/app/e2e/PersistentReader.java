package dev.runstream.app.e2e;

import dev.runstream.client.SseEvent;
import dev.runstream.client.SseParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Follows a run whatever happens to the server: it comes back at once with the id of the last event it had, and notes
 * everything that a reader must never see.
 */
final class PersistentReader {
    private static final long COMES_BACK_AFTER_MILLIS = 10;

    private final int port;
    private final String runId;
    private final Map<Long, String> dataBySeq = new ConcurrentSkipListMap<>();
    private final List<String> wrongs = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopped;
    private String lastEventId = "";
    private int connections;

    PersistentReader(int port, String runId) {
        this.port = port;
        this.runId = runId;
        thread = Thread.ofVirtual().start(this::follow);
    }

    /** What it has received: data by seq. */
    Map<Long, String> received() {
        return dataBySeq;
    }

    /** The first event that another reader does not have as this one does; empty where all are the same. */
    Optional<String> difference(PersistentReader other) {
        return Stream.concat(dataBySeq.keySet().stream(), other.dataBySeq.keySet().stream())
                .filter(seq -> !Objects.equals(dataBySeq.get(seq), other.dataBySeq.get(seq)))
                .map(seq -> seq + ": " + dataBySeq.get(seq) + " and " + other.dataBySeq.get(seq))
                .findFirst();
    }

    /** Holes, repeats, ids with other bytes. */
    List<String> wrongs() {
        return wrongs;
    }

    int connections() {
        return connections;
    }

    void awaitEnd() throws InterruptedException {
        if (!ended.await(60, TimeUnit.SECONDS)) {
            stopped = true;
            thread.interrupt();
            throw new AssertionError("no end after event " + lastEventId);
        }
    }

    void stop() {
        stopped = true;
        thread.interrupt();
    }

    private void follow() {
        while (!stopped && ended.getCount() > 0) {
            try {
                connectOnce();
            } catch (IOException gone) {
                waitALittle();
            }
        }
    }

    /** So that readers without a server leave the machine to its start. */
    private void waitALittle() {
        try {
            ended.await(COMES_BACK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException told) {
            stopped = true;
        }
    }

    /** HTTP/1.0, so that the body is the bytes of the stream and nothing else. */
    private void connectOnce() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String resume = lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
            String request = "GET /api/agents/stream/" + runId + " HTTP/1.0\r\n" + resume + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            skipHead(in);
            connections++;
            SseParser parser = new SseParser(this::take);
            byte[] piece = new byte[16 * 1024];
            for (int read = in.read(piece); read >= 0 && ended.getCount() > 0; read = in.read(piece)) {
                parser.feed(ByteBuffer.wrap(piece, 0, read));
            }
        }
    }

    private static void skipHead(InputStream in) throws IOException {
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no answer");
            }
            ends = next == '\r' || next == '\n' ? ends + 1 : 0;
        }
    }

    private void take(SseEvent event) {
        if (event.id().isEmpty()) {
            if (event.data().contains("\"gap\"") || event.data().contains("\"reset\"")) {
                wrongs.add("told of " + event.data());
            }
            return;
        }
        String id = event.id().get();
        long seq = seqOf(id);
        if (seq != seqOf(lastEventId) + 1) {
            wrongs.add(id + " after " + lastEventId);
        }
        lastEventId = id;
        dataBySeq.put(seq, event.data());
        if (event.event().equals("complete") || event.event().equals("error")) {
            ended.countDown();
        }
    }

    private static long seqOf(String id) {
        return id.isEmpty() ? 0 : Long.parseLong(id.substring(id.indexOf('-') + 1));
    }
}
