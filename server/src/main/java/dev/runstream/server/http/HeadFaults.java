package dev.runstream.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;

/**
 * What makes it impossible, or unsafe, to tell where a request ends, so that its connection cannot go on after the
 * answer (RFC 9112, sections 2.3, 3 and 6).
 */
final class HeadFaults {
    private static final String CODE = "invalid-request";

    private HeadFaults() {}

    static Optional<Problem> of(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            return Optional.of(malformed(head.decoderResult().cause()));
        }
        if (head.protocolVersion().majorVersion() != 1) {
            return Optional.of(Problem.of(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, CODE, "HTTP/1.1 and HTTP/1.0 are spoken here"));
        }
        return transferCoding(head);
    }

    private static Problem malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ ->
                Problem.of(HttpResponseStatus.REQUEST_URI_TOO_LONG, CODE, "the request's first line is too long");
            case TooLongHttpHeaderException _ ->
                Problem.of(
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, CODE, "the request's headers are too long");
            default -> Problem.invalidRequest("the request is not well-formed HTTP");
        };
    }

    private static Optional<Problem> transferCoding(HttpRequest head) {
        HttpHeaders headers = head.headers();
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return Optional.empty();
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.size() > 1 || !codings.getFirst().trim().equalsIgnoreCase("chunked")) {
            return Optional.of(
                    Problem.of(HttpResponseStatus.NOT_IMPLEMENTED, CODE, "the only transfer coding here is chunked"));
        }
        if (head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
            return Optional.of(Problem.invalidRequest("HTTP/1.0 has no Transfer-Encoding"));
        }
        return headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                ? Optional.of(Problem.invalidRequest("Content-Length and Transfer-Encoding exclude each other"))
                : Optional.empty();
    }
}
