package dev.runstream.server.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a request is for (RFC 9112, section 3.2): {@code /path?query}, {@code *}, or with scheme and authority before it.
 *
 * @param authority empty where the request names none here
 * @param segments the path between its slashes, each percent-decoded by itself, so that an encoded slash divides nothing
 * @param query percent-decoded
 */
record RequestTarget(String authority, List<String> segments, Map<String, List<String>> query) {
    static final RequestTarget NONE = new RequestTarget("", List.of("*"), Map.of());

    /** @throws IllegalArgumentException if it is none of these, or badly encoded */
    static RequestTarget parse(String uri) {
        int scheme =
                uri.regionMatches(true, 0, "http://", 0, 7) ? 7 : uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
        if (scheme == 0) {
            return parse("", uri);
        }
        int end = scheme;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        String rest = uri.substring(end);
        return parse(uri.substring(scheme, end), rest.startsWith("/") ? rest : "/" + rest);
    }

    private static RequestTarget parse(String authority, String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        if (!path.startsWith("/") && !path.equals("*")) {
            throw new IllegalArgumentException("not a path");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            segments.add(segment.indexOf('%') < 0 ? segment : decoded(segment));
        }
        return new RequestTarget(
                authority,
                List.copyOf(segments),
                mark < 0 ? Map.of() : new QueryStringDecoder(target, StandardCharsets.UTF_8).parameters());
    }

    private static String decoded(String segment) {
        // In a path a plus is a plus.
        return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    String path() {
        return String.join("/", segments);
    }
}
