package dev.runstream.server.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A whole answer. */
public record Response(HttpResponseStatus status, HttpHeaders headers, byte[] body) {
    private static final byte[] EMPTY = {};

    public static Response json(HttpResponseStatus status, Object value) {
        return of(status, "application/json", Json.write(value));
    }

    /** {@code 200} with JSON that is there already. */
    public static Response json(byte[] json) {
        return of(HttpResponseStatus.OK, "application/json", json);
    }

    public static Response of(HttpResponseStatus status, String contentType, byte[] body) {
        Response response = new Response(status, new DefaultHttpHeaders(), body);
        return response.with(HttpHeaderNames.CONTENT_TYPE, contentType);
    }

    public static Response noContent() {
        return empty(HttpResponseStatus.NO_CONTENT);
    }

    /** An answer that has no body by its status. */
    public static Response empty(HttpResponseStatus status) {
        return new Response(status, new DefaultHttpHeaders(), EMPTY);
    }

    public static Response of(Problem problem) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", problem.status().reasonPhrase());
        body.put("status", problem.status().code());
        body.put("code", problem.code());
        body.put("detail", problem.detail());
        body.putAll(problem.members());
        if (!problem.faults().isEmpty()) {
            body.put("errors", faults(problem.faults()));
        }
        Response response = of(problem.status(), "application/problem+json", Json.write(body));
        problem.headers().forEach(response.headers()::set);
        return response;
    }

    private static List<Map<String, String>> faults(List<Problem.Fault> faults) {
        return faults.stream()
                .map(fault -> Map.of("field", fault.field(), "message", fault.message()))
                .toList();
    }

    /** Sets a header and returns this answer. */
    public Response with(CharSequence name, String value) {
        headers.set(name, value);
        return this;
    }
}
