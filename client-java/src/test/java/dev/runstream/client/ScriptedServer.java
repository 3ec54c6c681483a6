package dev.runstream.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A raw socket server whose answers are scripts, one per request in the order they arrive. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final Map<String, Script> asides = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

    private ScriptedServer(List<Script> scripts) throws IOException {
        this.scripts.addAll(scripts);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    static ScriptedServer serving(Script... scripts) throws IOException {
        return new ScriptedServer(List.of(scripts));
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/api/agents");
    }

    void then(Script script) {
        scripts.add(script);
    }

    /** Answers each GET of a path below the base always alike, and counts it neither as a request nor as a script's turn. */
    ScriptedServer aside(String path, Script script) {
        asides.put("GET " + base().getPath() + path, script);
        return this;
    }

    /** Drops the scripts and requests that nobody asked for. */
    void forget() {
        scripts.clear();
        requests.clear();
    }

    Request nextRequest() throws InterruptedException {
        Request request = requests.poll(10, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came");
        }
        return request;
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Request request = Request.read(in); request != null; request = Request.read(in)) {
                Script script = asides.get(request.method() + " " + request.path());
                if (script == null) {
                    requests.add(request);
                    script = scripts.poll();
                }
                if (script == null) {
                    return;
                }
                script.answer(new Exchange(request, socket, in));
            }
        } catch (IOException gone) {
            // A script may cut its connection, and so may the client.
        } finally {
            sockets.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    interface Script {
        void answer(Exchange exchange) throws IOException;
    }

    /** One request, and the socket to answer it on. */
    record Exchange(Request request, Socket socket, InputStream in) {
        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Sends text as one chunk. */
        void chunk(String text) throws IOException {
            send(chunked(text));
        }

        void cut() throws IOException {
            socket.close();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Blocks until the client has closed its side. */
        void awaitClosed() throws IOException {
            try {
                while (in.read() >= 0) {}
            } catch (SocketException reset) {
                // Closed as well.
            }
        }
    }

    record Request(String method, String path, Map<String, String> headers, String body) {
        static @Nullable Request read(InputStream in) throws IOException {
            String first = line(in);
            if (first == null) {
                return null;
            }
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            String[] parts = first.split(" ", 3);
            return new Request(parts[0], parts[1], headers, body);
        }

        private static @Nullable String line(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                line.append((char) b);
            }
            return line.toString().strip();
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    static final String STREAM_HEAD = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Cache-Control: no-cache, no-transform\r
            Connection: close\r
            Transfer-Encoding: chunked\r
            \r
            """;
    static final String LAST_CHUNK = "0\r\n\r\n";

    static String chunked(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length).toUpperCase(Locale.ROOT) + "\r\n"
                + text + "\r\n";
    }

    /** A whole stream that ends cleanly, and its connection. */
    static Script stream(String... frames) {
        return exchange -> {
            exchange.send(STREAM_HEAD + chunked(String.join("", frames)) + LAST_CHUNK);
            exchange.cut();
        };
    }

    static Script answer(int status, String headers, String body) {
        return exchange -> exchange.send("HTTP/1.1 " + status + " X\r\n" + headers + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    static Script json(int status, String body) {
        return answer(status, "Content-Type: application/json\r\n", body);
    }

    static Script problem(int status, String headers, String body) {
        return answer(status, "Content-Type: application/problem+json\r\n" + headers, body);
    }

    static Script noContent() {
        return exchange -> {
            exchange.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            exchange.cut();
        };
    }

    /** Cut before the answer's head is whole; where no byte came at all the JDK repeats a GET by itself. */
    static Script cutInItsHead() {
        return exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nCon");
            exchange.cut();
        };
    }

    /** For a script that waits for the test. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new UncheckedIOException(new IOException("the test did not go on"));
            }
        } catch (InterruptedException interrupt) {
            throw new UncheckedIOException(new IOException(interrupt));
        }
    }
}
