package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** From the start of the launcher to the first answer. The one figure that is held against a clock, so that it wants a calm machine. */
public final class ColdStart implements Figure {
    private static final byte[] REQUEST =
            "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final double ONE_SECOND = 1;

    private final Workplace workplace;

    public ColdStart(Workplace workplace) {
        this.workplace = workplace;
        round();
    }

    @Override
    public String title() {
        return "cold start of `./runstream` to the first served request, on all cores";
    }

    @Override
    public String unit() {
        return "s";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atMost(1.5);
    }

    @Override
    public List<Sample> round() {
        long before = System.nanoTime();
        try (Peer server = Peer.onAllCores(workplace);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(REQUEST);
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            if (!answer.equals("HTTP/1.1 200")) {
                throw new IllegalStateException("not ready, but: " + answer);
            }
            return List.of(new Sample("SQLite", (System.nanoTime() - before) / 1e9, ONE_SECOND));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Override
    public void close() {}
}
