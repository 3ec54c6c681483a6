package dev.runstream.server.http;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Gives up connections that keep a place without using it; one coarse look over those of one event loop, instead of a
 * timer for each.
 *
 * <p>Confined to its event loop.
 */
final class ConnectionDeadlines {
    private static final long LONGEST_LOOK_MILLIS = 500;

    private final ConnectionTimes times;
    private final Set<HttpConnection> connections = new LinkedHashSet<>();

    ConnectionDeadlines(EventLoop loop, ConnectionTimes times) {
        this.times = times;
        long look = Math.clamp(times.shortest().toMillis() / 4, 1, LONGEST_LOOK_MILLIS);
        loop.scheduleAtFixedRate(this::look, look, look, TimeUnit.MILLISECONDS);
    }

    ConnectionTimes times() {
        return times;
    }

    void add(HttpConnection connection) {
        connections.add(connection);
    }

    void remove(HttpConnection connection) {
        connections.remove(connection);
    }

    private void look() {
        long now = System.nanoTime();
        for (HttpConnection connection : List.copyOf(connections)) {
            connection.checkDeadline(now);
        }
    }

    /** Closes the connections that serve no request. */
    void closeIdle() {
        for (HttpConnection connection : List.copyOf(connections)) {
            connection.closeIfIdle();
        }
    }
}
