package dev.runstream.server.http;

/** Answers the requests of one method and path. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Begins to handle a request, on the connection's event loop, which it must not block; the answer may be given from
     * any thread at any time.
     */
    BodySink handle(Exchange exchange);
}
