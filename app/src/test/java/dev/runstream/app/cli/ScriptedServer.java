package dev.runstream.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers each request, on a connection of its own, with the bytes that a test wrote down. */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listening;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    public ScriptedServer(Script script) throws IOException {
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            // The bytes of these tests are ASCII, so that characters can be counted.
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String[] first = in.readLine().split(" ", -1);
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                String[] header = line.split(": ", 2);
                headers.put(header[0], header[1]);
            }
            char[] body = new char[Integer.parseInt(headers.getOrDefault("Content-Length", "0"))];
            for (int got = 0; got < body.length; ) {
                got += in.read(body, got, body.length - got);
            }
            Request request = new Request(first[0], first[1], headers, new String(body));
            requests.add(request);
            script.answer(request, new Answer(socket.getOutputStream()));
        } catch (IOException | InterruptedException gone) {
            // the client sees the connection end
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    public record Request(String method, String path, Map<String, String> headers, String body) {}

    /** What a test answers with. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request, Answer answer) throws IOException, InterruptedException;
    }

    /** Writes one answer; the connection ends with it. */
    public static final class Answer {
        private final OutputStream out;

        Answer(OutputStream out) {
            this.out = out;
        }

        public void raw(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        public void json(int status, String body) throws IOException {
            String type = status < 400 ? "application/json" : "application/problem+json";
            raw("HTTP/1.1 " + status + " Said\r\nContent-Type: " + type + "\r\nConnection: close\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        }

        /** The head of a stream and its first frame; the body ends with the connection. */
        public void stream(String state) throws IOException {
            raw("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                    + "retry: 1\nevent: status\ndata: {\"state\":\"" + state
                    + "\",\"attempt\":1,\"resume\":\"start\"}\n\n");
        }

        public void event(int seq, String name, String data) throws IOException {
            raw("id: 7-" + seq + "\nevent: " + name + "\ndata: " + data + "\n\n");
        }
    }
}
