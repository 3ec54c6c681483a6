package dev.runstream.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** One connection to a server, byte by byte, so that nothing stands between a test and the wire. */
public final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** A whole answer, as far as its framing tells where it ends. */
    public record Answer(int status, String head, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** A header's value, or nothing. */
        public Optional<String> header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).trim())
                    .findFirst();
        }
    }

    public RawHttp(int port) {
        try {
            socket = new Socket();
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            in = socket.getInputStream();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** One request on a connection of its own; {@code Host} is added. */
    public static Answer ask(int port, String methodAndPath, String headers, String body) {
        try (RawHttp http = new RawHttp(port)) {
            return http.request(methodAndPath, headers, body);
        }
    }

    public static Answer get(int port, String path) {
        return ask(port, "GET " + path, "", "");
    }

    public static Answer postJson(int port, String path, String body) {
        return ask(port, "POST " + path, "Content-Type: application/json\r\n", body);
    }

    public Answer request(String methodAndPath, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String length = bytes.length == 0 && !methodAndPath.startsWith("POST")
                ? ""
                : "Content-Length: " + bytes.length + "\r\n";
        send(methodAndPath + " HTTP/1.1\r\nHost: localhost\r\n" + headers + length + "\r\n" + body);
        return answer(methodAndPath.startsWith("HEAD"));
    }

    public void send(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    public Socket socket() {
        return socket;
    }

    /** Reads a head up to its empty line. */
    public String head() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = read();
            if (next < 0) {
                throw new AssertionError("the connection ended in the head: " + head);
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    public Answer answer(boolean headOnly) {
        String head = head();
        int status = Integer.parseInt(head.substring(9, 12));
        Answer bare = new Answer(status, head, new byte[0]);
        if (headOnly || status == 204) {
            return bare;
        }
        if (bare.header("Transfer-Encoding").isPresent()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (Optional<byte[]> chunk = chunk(); chunk.isPresent(); chunk = chunk()) {
                body.writeBytes(chunk.get());
            }
            return new Answer(status, head, body.toByteArray());
        }
        int length = Integer.parseInt(bare.header("Content-Length").orElse("-1"));
        return new Answer(status, head, length < 0 ? rest() : exactly(length));
    }

    /** The next chunk, or nothing at the last one. */
    public Optional<byte[]> chunk() {
        StringBuilder size = new StringBuilder();
        for (int c = read(); c != '\n'; c = read()) {
            if (c < 0) {
                throw new AssertionError("the connection ended between chunks");
            }
            if (c != '\r') {
                size.append((char) c);
            }
        }
        int length = Integer.parseInt(size.toString(), 16);
        byte[] bytes = exactly(length);
        exactly(2);
        return length == 0 ? Optional.empty() : Optional.of(bytes);
    }

    /** The next chunk, which must not be the last one. */
    public String chunkText() {
        return new String(chunk().orElseThrow(() -> new AssertionError("the body has ended")), StandardCharsets.UTF_8);
    }

    private byte[] exactly(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new AssertionError("the connection ended after " + bytes.length + " of " + length + " bytes");
            }
            return bytes;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Everything up to the end of the connection. */
    public byte[] rest() {
        try {
            return in.readAllBytes();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The next byte, or -1 at the end of the connection. */
    public int read() {
        try {
            return in.read();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
