package dev.runstream.server.web;

import dev.runstream.server.http.Accept;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The web pages, from the jar. A path that names a file there gets it; every other one gets the page that the browser's
 * side of the pages begins with, so that deep links work.
 */
public final class WebPages implements Endpoint {
    private static final String FOLDER = "/web/";
    private static final String START = "index.html";
    /** Stands in the start page where the base path of the API belongs. */
    private static final String BASE_PATH_MARK = "{{basePath}}";

    private static final String POLICY =
            "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; object-src 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "json", "application/json",
            "woff2", "font/woff2");

    private static final Accept HTML = new Accept("text/html");

    private final String basePath;
    private final Map<String, Optional<byte[]>> files = new ConcurrentHashMap<>();

    /** @param basePath of the API, below which there are no pages */
    public WebPages(String basePath) {
        this.basePath = basePath;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        String path = exchange.path();
        boolean isPage = path.startsWith("/") && !path.startsWith(basePath + "/");
        if (!isPage || path.contains("..") || path.indexOf('\0') >= 0) {
            exchange.respond(Problem.notFound(path));
            return BodySink.IGNORE;
        }
        List<String> accept = exchange.headers().getAll(HttpHeaderNames.ACCEPT);
        // Reading the jar may block, which an event loop must not.
        Thread.ofVirtual().name("web").start(() -> exchange.respond(answer(path, accept)));
        return BodySink.IGNORE;
    }

    private Response answer(String path, List<String> accept) {
        String name = path.substring(1);
        Optional<byte[]> file = name.contains(".") ? file(name) : Optional.empty();
        if (file.isPresent()) {
            return page(name, file.get());
        }
        // A program that takes anything is told that there is nothing, except where everybody looks first.
        boolean wantsPage = HTML.isNamed(accept) || (name.isEmpty() && HTML.allows(accept));
        return wantsPage
                ? file(START).map(start -> page(START, start)).orElseGet(() -> Response.of(Problem.notFound(path)))
                : Response.of(Problem.notFound(path));
    }

    private static Response page(String name, byte[] content) {
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        return Response.of(HttpResponseStatus.OK, type, content)
                .with("Content-Security-Policy", POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Cache-Control", name.startsWith("assets/") ? "max-age=31536000, immutable" : "no-cache");
    }

    private Optional<byte[]> file(String name) {
        Optional<byte[]> known = files.get(name);
        if (known != null) {
            return known;
        }
        Optional<byte[]> read = read(name);
        Optional<byte[]> page = name.equals(START) ? read.map(this::withBasePath) : read;
        if (page.isPresent()) {
            files.put(name, page);
        }
        return page;
    }

    private byte[] withBasePath(byte[] start) {
        return new String(start, StandardCharsets.UTF_8)
                .replace(BASE_PATH_MARK, basePath)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<byte[]> read(String name) {
        try (InputStream file = WebPages.class.getResourceAsStream(FOLDER + name)) {
            return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
