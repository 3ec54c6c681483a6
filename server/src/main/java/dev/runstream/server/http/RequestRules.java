package dev.runstream.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are served to whom: the {@code Host} rule, which keeps a web page from reaching a server on loopback
 * under a name of its own, the {@code Origin} rule for requests that change something, and CORS.
 */
public final class RequestRules {
    private static final String ALLOWED_HEADERS = "Last-Event-ID, Authorization, Content-Type, Idempotency-Key,"
            + " Producer-Id, Producer-Epoch, Producer-Seq";
    private static final String EXPOSED_HEADERS = "Retry-After, Location, Run-State";
    private static final String ALLOWED_METHODS = "GET, HEAD, POST, DELETE";
    private static final String PREFLIGHT_SECONDS = "600";
    /** A host name's longest form and a port; longer ones are not even looked at. */
    private static final int LONGEST_HOST = 253 + 6;

    private static final Pattern LOOPBACK = Pattern.compile(
            "(?:(?:[a-z0-9_-]+\\.)*localhost\\.?|127(?:\\.\\d{1,3}){3}\\.?"
                    + "|\\[(?:::1|(?:0{1,4}:){7}0{0,3}1|::ffff:127(?:\\.\\d{1,3}){3})])(?::\\d{0,5})?",
            Pattern.CASE_INSENSITIVE);

    private final Set<String> origins;
    private final boolean anyOrigin;
    private final boolean anyHost;
    /** The loopback name seen last, as nearly every request names the same; any thread. */
    private volatile String knownLoopback = "";

    /**
     * @param origins allowed for CORS; {@code *} for any
     * @param anyHost whether any {@code Host} is served
     */
    public RequestRules(List<String> origins, boolean anyHost) {
        this.origins = Set.copyOf(origins);
        this.anyOrigin = origins.contains("*");
        this.anyHost = anyHost;
    }

    /**
     * Whether a request is refused, and why.
     *
     * @param authority that the request's target names, to which the same applies as to {@code Host}; empty for none
     */
    Optional<Problem> refuse(HttpRequest head, String authority) {
        Iterator<String> hosts = head.headers().valueStringIterator(HttpHeaderNames.HOST);
        String host = hosts.hasNext() ? hosts.next() : null;
        if (hosts.hasNext()) {
            return Optional.of(Problem.invalidRequest("a request has one Host"));
        }
        if (!anyHost && ((host != null && !isLoopback(host)) || (!authority.isEmpty() && !isLoopback(authority)))) {
            return Optional.of(Problem.of(
                    HttpResponseStatus.FORBIDDEN,
                    "forbidden-host",
                    "without authentication only loopback names are served, such as localhost; start the server with"
                            + " --insecure to serve any"));
        }
        boolean changes = head.method().equals(HttpMethod.POST) || head.method().equals(HttpMethod.DELETE);
        if (changes && !mayChange(head.headers(), host)) {
            return Optional.of(Problem.of(
                    HttpResponseStatus.FORBIDDEN,
                    "forbidden-origin",
                    "pages of this origin may not change anything here; allow it with --cors-origin"));
        }
        return Optional.empty();
    }

    private boolean isLoopback(String host) {
        if (host.equals(knownLoopback)) {
            return true;
        }
        boolean loopback =
                host.length() <= LONGEST_HOST && LOOPBACK.matcher(host).matches();
        if (loopback) {
            knownLoopback = host;
        }
        return loopback;
    }

    private boolean mayChange(HttpHeaders headers, @Nullable String host) {
        Iterator<String> origins = headers.valueStringIterator(HttpHeaderNames.ORIGIN);
        if (!origins.hasNext()) {
            return true;
        }
        String origin = origins.next();
        return !origins.hasNext() && (isAllowed(origin) || isOwn(origin, host));
    }

    private boolean isAllowed(String origin) {
        return anyOrigin || origins.contains(origin);
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        return host != null && origin.toLowerCase(Locale.ROOT).equals("http://" + host.toLowerCase(Locale.ROOT));
    }

    /** Adds the headers that every answer has. */
    void decorate(HttpRequest head, HttpHeaders answer) {
        answer.add(HttpHeaderNames.VARY, "Origin");
        String origin = head.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && isAllowed(origin)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, anyOrigin ? "*" : origin);
            answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        }
    }

    /** The answer to a preflight; empty where the request is none. */
    Optional<Response> preflight(HttpRequest head) {
        if (!head.method().equals(HttpMethod.OPTIONS)
                || !head.headers().contains(HttpHeaderNames.ORIGIN)
                || !head.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)) {
            return Optional.empty();
        }
        Response answer = Response.noContent();
        if (isAllowed(String.valueOf(head.headers().get(HttpHeaderNames.ORIGIN)))) {
            answer.with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS)
                    .with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS)
                    .with(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        }
        return Optional.of(answer);
    }
}
