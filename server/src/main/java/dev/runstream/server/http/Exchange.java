package dev.runstream.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One request and the way to its answer. */
public final class Exchange {
    private final HttpConnection connection;
    private final HttpRequest head;
    private final RequestTarget target;
    private final long receivedNanos;
    private List<String> pathParameters = List.of();
    private Runnable onSettled = () -> {};

    Exchange(HttpConnection connection, HttpRequest head, RequestTarget target, long receivedNanos) {
        this.connection = connection;
        this.head = head;
        this.target = target;
        this.receivedNanos = receivedNanos;
    }

    public HttpMethod method() {
        return head.method();
    }

    public boolean isHead() {
        return head.method().equals(HttpMethod.HEAD);
    }

    public HttpVersion version() {
        return head.protocolVersion();
    }

    public HttpHeaders headers() {
        return head.headers();
    }

    /** The path, percent-decoded. */
    public String path() {
        return target.path();
    }

    List<String> segments() {
        return target.segments();
    }

    RequestTarget target() {
        return target;
    }

    /** The value of a query parameter: the first one, if it stands there more than once. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(target.query().get(name)).map(List::getFirst);
    }

    /** When the request's head had arrived, by {@link System#nanoTime}. */
    public long receivedNanos() {
        return receivedNanos;
    }

    public Channel channel() {
        return connection.channel();
    }

    /** What stood in the path where its pattern has a variable. */
    public String pathParameter(int index) {
        return pathParameters.get(index);
    }

    void pathParameters(List<String> values) {
        pathParameters = values;
    }

    /** The request's head as it was received. */
    public HttpRequest request() {
        return head;
    }

    /** Gives the answer; any thread, once: a second one is dropped. */
    public void respond(Response response) {
        connection.respond(this, response);
    }

    public void respond(Problem problem) {
        respond(Response.of(problem));
    }

    /**
     * Has an action called once the request is answered or its connection lost, whichever is first, before those given
     * earlier. Event loop only.
     */
    public void onSettled(Runnable action) {
        Runnable earlier = onSettled;
        onSettled = () -> {
            action.run();
            earlier.run();
        };
    }

    void settled() {
        Runnable action = onSettled;
        onSettled = () -> {};
        action.run();
    }

    /** Stops and starts the arrival of the body. Event loop only. */
    public void pauseBody(boolean paused) {
        connection.pauseBody(this, paused);
    }

    /** How long the body may be silent before the request is given up. Event loop only. */
    public void bodyTimeout(Duration timeout) {
        connection.bodyTimeout(this, timeout);
    }

    /**
     * Hands the connection over: the answer's head and body are written by somebody else, and nothing more is read as
     * HTTP. Event loop only.
     *
     * @return the headers that every answer has
     */
    public HttpHeaders takeOver(ChannelHandler successor) {
        return connection.takeOver(this, successor);
    }
}
