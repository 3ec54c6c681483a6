package dev.runstream.agents.llm;

import dev.runstream.core.execution.AgentsAtWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A real endpoint on a real socket that answers each connection by the next step of a script, and closes it. */
final class ScriptedEndpoint implements AutoCloseable {
    static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    /** What is done with one connection, once its request has been read. */
    interface Step {
        void answer(Socket socket) throws Exception;
    }

    private final ServerSocket listening;
    private final List<Step> steps;
    private final AtomicInteger next = new AtomicInteger();
    /** Each request as it came, head and body. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final Semaphore came = new Semaphore(0);

    /** The last step answers all further connections too. */
    ScriptedEndpoint(Step... steps) throws IOException {
        this.steps = List.of(steps);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("endpoint").start(this::accept);
    }

    /** Waits until so many requests have come. */
    void awaitRequests(int count) {
        while (requests.size() < count) {
            AgentsAtWork.take(came, 1);
        }
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/v1");
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listening.accept();
                Thread.ofPlatform().daemon().name("endpoint connection").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            requests.add(readRequest(socket.getInputStream()));
            came.release();
            steps.get(Math.min(steps.size() - 1, next.getAndIncrement())).answer(socket);
        } catch (Exception over) {
            // The other side is gone, which is what some scripts are about.
            return;
        }
    }

    private static String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        while (!request.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("cut");
            }
            request.write(b);
        }
        String head = request.toString(StandardCharsets.UTF_8);
        int length = Integer.parseInt(head.replaceFirst("(?is).*\r\ncontent-length: *([0-9]+)\r\n.*", "$1"));
        request.writeBytes(in.readNBytes(length));
        return request.toString(StandardCharsets.UTF_8);
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    /** A step that answers with this and closes. */
    static Step text(String answer) {
        return socket -> write(socket, answer);
    }

    /** A step that streams these events' data, and closes. */
    static Step events(String... data) {
        return socket -> {
            StringBuilder answer = new StringBuilder(STREAM);
            for (String event : data) {
                answer.append("data: ").append(event).append("\n\n");
            }
            write(socket, answer.toString());
        };
    }

    static String content(String text) {
        return "{\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text
                + "\"},\"finish_reason\":null}]}";
    }

    static String finish(String reason) {
        return "{\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }

    static Step refusal(int status, String headers, String body) {
        return text("HTTP/1.1 " + status + " X\r\n" + headers + "Content-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n" + body);
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
