package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one stream over a socket, and holds every frame against the contract as it comes: each id after the position is
 * either delivered or lies in a hole that was told, in order and never both.
 */
final class StreamReader implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int ANY_BUFFER = 0;

    private final Socket socket;
    private final InputStream in;
    private final long position;
    private String head = "";
    private boolean chunked;
    private boolean bodyEnded;
    private int leftOfChunk;
    private boolean first = true;
    /** The seq that has to be delivered, or told to be missing, next. */
    private long expected;

    private long bodyBytes;

    /** One block of the stream; a comment has no data. */
    record Frame(Optional<String> id, String event, String data, Optional<String> retry, String raw) {
        JsonNode json() {
            try {
                return JSON.readTree(data);
            } catch (JsonProcessingException notJson) {
                throw new AssertionError("not JSON: " + raw, notJson);
            }
        }

        boolean isComment() {
            return raw.startsWith(":");
        }

        long seq() {
            return Long.parseLong(id.orElseThrow().split("-", -1)[1]);
        }

        String gap() {
            JsonNode gap = json().get("gap");
            return gap == null
                    ? ""
                    : gap.get("from").textValue() + " " + gap.get("to").textValue();
        }

        String text(String member) {
            return json().path(member).asText();
        }
    }

    private StreamReader(int port, String request, long position, int receiveBufferBytes) {
        this.position = position;
        try {
            socket = new Socket();
            if (receiveBufferBytes != ANY_BUFFER) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            int ahead = receiveBufferBytes == ANY_BUFFER ? 64 * 1024 : 512;
            in = new BufferedInputStream(socket.getInputStream(), ahead);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static String request(String runId, String version, String headers) {
        return "GET /api/agents/stream/" + runId + " " + version + "\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    private static String positionHeader(long seq) {
        return seq == 0 ? "" : "Last-Event-ID: " + Feed.id(seq) + "\r\n";
    }

    /** Without a position. */
    static StreamReader open(int port, String runId) {
        return after(port, runId, 0);
    }

    /** After an event; 0 for no position. */
    static StreamReader after(int port, String runId, long seq) {
        return new StreamReader(port, request(runId, "HTTP/1.1", positionHeader(seq)), seq, ANY_BUFFER);
    }

    static StreamReader withHeaders(int port, String runId, String headers) {
        return new StreamReader(port, request(runId, "HTTP/1.1", headers), 0, ANY_BUFFER);
    }

    static StreamReader http10(int port, String runId) {
        return new StreamReader(port, request(runId, "HTTP/1.0", ""), 0, ANY_BUFFER);
    }

    /** One that lets the system keep no more than so much for it. */
    static StreamReader narrow(int port, String runId, int receiveBufferBytes) {
        return new StreamReader(port, request(runId, "HTTP/1.1", ""), 0, receiveBufferBytes);
    }

    Socket socket() {
        return socket;
    }

    /** Bytes of the body read so far, without chunk framing. */
    long bodyBytes() {
        return bodyBytes;
    }

    String head() {
        if (head.isEmpty()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                bytes.write(socketByte());
            }
            head = bytes.toString(StandardCharsets.ISO_8859_1);
            chunked = head.contains("Transfer-Encoding: chunked");
        }
        return head;
    }

    private int socketByte() {
        int next = socketByteOrEnd();
        if (next < 0) {
            throw new AssertionError("the connection was cut");
        }
        return next;
    }

    private int socketByteOrEnd() {
        try {
            return in.read();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The next byte of the body, or -1 at its clean end. */
    private int bodyByte() {
        if (bodyEnded) {
            return -1;
        }
        if (!chunked) {
            int next = socketByteOrEnd();
            bodyEnded = next < 0;
            bodyBytes += bodyEnded ? 0 : 1;
            return next;
        }
        if (leftOfChunk == 0) {
            leftOfChunk = chunkSize();
            if (leftOfChunk == 0) {
                assertThat(socketByte()).isEqualTo('\r');
                assertThat(socketByte()).isEqualTo('\n');
                bodyEnded = true;
                return -1;
            }
        }
        int next = socketByte();
        bodyBytes++;
        leftOfChunk--;
        if (leftOfChunk == 0) {
            assertThat(socketByte()).isEqualTo('\r');
            assertThat(socketByte()).isEqualTo('\n');
        }
        return next;
    }

    private int chunkSize() {
        StringBuilder line = new StringBuilder();
        for (int c = socketByte(); c != '\r'; c = socketByte()) {
            line.append((char) c);
        }
        assertThat(socketByte()).isEqualTo('\n');
        return Integer.parseInt(line.toString(), 16);
    }

    /** The next block; empty at the clean end of the body. */
    Optional<Frame> nextOrEnd() {
        head();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        int before = 0;
        for (int next = bodyByte(); next >= 0; next = bodyByte()) {
            block.write(next);
            if (next == '\n' && before == '\n') {
                return Optional.of(checked(frame(block.toString(StandardCharsets.UTF_8))));
            }
            before = next;
        }
        assertThat(block.toString(StandardCharsets.UTF_8))
                .as("a block cut short")
                .isEmpty();
        return Optional.empty();
    }

    Frame next() {
        return nextOrEnd().orElseThrow(() -> new AssertionError("the stream has ended"));
    }

    /** Everything up to the clean end, behind which the connection ends too. */
    List<Frame> rest() {
        List<Frame> frames = new ArrayList<>();
        for (Optional<Frame> frame = nextOrEnd(); frame.isPresent(); frame = nextOrEnd()) {
            frames.add(frame.get());
        }
        assertThat(socketByteOrEnd()).as("after the end").isEqualTo(-1);
        return frames;
    }

    /** Reads on up to the event of this seq, whose frame it returns. */
    Frame upTo(long seq) {
        for (Frame frame = next(); ; frame = next()) {
            if (frame.id().isPresent() && frame.seq() >= seq) {
                assertThat(frame.seq()).isEqualTo(seq);
                return frame;
            }
        }
    }

    private static Frame frame(String raw) {
        Optional<String> id = Optional.empty();
        Optional<String> retry = Optional.empty();
        String event = "";
        String data = "";
        for (String line : raw.split("\n", -1)) {
            if (line.startsWith("id: ")) {
                id = Optional.of(line.substring(4));
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.startsWith("retry: ")) {
                retry = Optional.of(line.substring(7));
            }
        }
        return new Frame(id, event, data, retry, raw);
    }

    private Frame checked(Frame frame) {
        if (frame.isComment()) {
            return frame;
        }
        if (frame.id().isPresent()) {
            assertThat(frame.id()).contains(Feed.id(expected));
            expected++;
            return frame;
        }
        assertThat(frame.event()).isEqualTo("status");
        JsonNode data = frame.json();
        if (first && !data.has("closing")) {
            String resume = data.path("resume").textValue();
            expected = resume.equals("start") || resume.equals("reset") ? 1 : position + 1;
            assertThat(resume).isNotEqualTo(data.has("gap") ? "resumed" : "gap");
            first = false;
        }
        if (data.has("gap")) {
            assertThat(data.path("gap").path("from").textValue()).isEqualTo(Feed.id(expected));
            long to = Long.parseLong(data.path("gap").path("to").textValue().split("-", -1)[1]);
            assertThat(to).isGreaterThanOrEqualTo(expected);
            expected = to + 1;
        }
        return frame;
    }

    /** Leaves with a reset, as a process does that is killed with bytes unread. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
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
