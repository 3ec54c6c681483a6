package dev.runstream.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes connections on until it is told to halt: then it takes no byte from the server any more and closes nothing. What
 * little the system takes for it is still acknowledged.
 */
final class HaltingProxy implements Link {
    private static final int SMALL_BUFFER_BYTES = 4 * 1024;

    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean halted;

    HaltingProxy() throws IOException {
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @Override
    public ServerProcess startServer(Path data, String... flags) {
        return ServerProcess.start(data, 0, flags);
    }

    @Override
    public InputStream follow(ServerProcess server, String runId) throws IOException {
        Socket reader = new Socket(listening.getInetAddress(), listening.getLocalPort());
        Socket taken = listening.accept();
        Socket onward = new Socket();
        onward.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        sockets.addAll(List.of(reader, taken, onward));
        onward.getOutputStream()
                .write(("GET /api/agents/stream/" + runId + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        Thread.ofVirtual().start(() -> passOn(onward, taken));
        return reader.getInputStream();
    }

    private void passOn(Socket from, Socket to) {
        byte[] piece = new byte[SMALL_BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0 && !halted; read = in.read(piece)) {
                out.write(piece, 0, read);
            }
        } catch (IOException closed) {
            // By the test, or by the server; the reader must not learn of it.
        }
    }

    @Override
    public void goDown() {
        halted = true;
    }

    @Override
    public boolean showsSilence() {
        return false;
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
