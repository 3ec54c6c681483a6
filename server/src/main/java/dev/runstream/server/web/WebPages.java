package dev.runstream.server.web;

import dev.runstream.server.http.Accept;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/**
 * The web pages, from the jar. A path that names a file there gets it; every other one gets the page that the browser's
 * side of the pages begins with, so that deep links work: the console's below {@code /console}, else the wizard's. In a
 * jar that was built without them, a page that says so stands for all.
 */
public final class WebPages implements Endpoint {
    private static final Accept HTML = new Accept("text/html");

    private final String basePath;
    private final PageFiles pages;
    private final PageFiles standIn;

    /** @param basePath of the API, below which there are no pages */
    public WebPages(String basePath) {
        this(basePath, "/pages/");
    }

    /** @param folder of the pages in the jar, with a slash at both ends */
    WebPages(String basePath, String folder) {
        this.basePath = basePath;
        pages = new PageFiles(folder, basePath);
        standIn = new PageFiles("/web/", basePath);
    }

    @Override
    public BodySink handle(Exchange exchange) {
        String path = exchange.path();
        boolean isPage = path.startsWith("/") && !path.startsWith(basePath + "/");
        if (!isPage || List.of(path.split("/", -1)).contains("..") || path.indexOf('\0') >= 0) {
            exchange.respond(Problem.notFound(path));
            return BodySink.IGNORE;
        }
        HttpHeaders headers = exchange.headers();
        // Reading the jar may block, which an event loop must not.
        Thread.ofVirtual().name("web").start(() -> exchange.respond(answer(path, headers)));
        return BodySink.IGNORE;
    }

    Response answer(String path, HttpHeaders headers) {
        String name = path.substring(1);
        return find(name)
                .or(() -> wantsPage(name, headers) ? start(name) : Optional.empty())
                .map(file -> file.answer(headers))
                .orElseGet(() -> Response.of(Problem.notFound(path)));
    }

    private Optional<PageFile> find(String name) {
        return pages.find(name).or(() -> standIn.find(name));
    }

    private Optional<PageFile> start(String name) {
        boolean isConsole = name.equals("console") || name.startsWith("console/");
        return pages.find(isConsole ? "console.html" : "index.html").or(() -> standIn.find("index.html"));
    }

    /** A program that takes anything is told that there is nothing, except where everybody looks first. */
    private static boolean wantsPage(String name, HttpHeaders headers) {
        List<String> accept = headers.getAll(HttpHeaderNames.ACCEPT);
        return HTML.isNamed(accept) || (name.isEmpty() && HTML.allows(accept));
    }
}
