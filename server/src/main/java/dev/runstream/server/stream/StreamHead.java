package dev.runstream.server.stream;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The head of a stream's answer, written past the HTTP codec. */
final class StreamHead {
    private StreamHead() {}

    /**
     * @param decoration the headers that every answer has
     * @param chunked whether the body is chunked; else it ends with the connection
     */
    static byte[] encode(HttpHeaders decoration, boolean chunked) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 200 OK\r\n")
                .append("Content-Type: text/event-stream\r\n")
                .append("Cache-Control: no-cache, no-transform\r\n")
                .append("X-Accel-Buffering: no\r\n")
                .append("Connection: close\r\n");
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        }
        for (Map.Entry<String, String> header : decoration) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
