package dev.runstream.server.http;

import io.netty.channel.EventLoop;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up connections that keep a place without using it; one coarse look over those of one event loop, instead of a
 * timer for each.
 *
 * <p>Confined to its event loop.
 */
final class ConnectionDeadlines {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionDeadlines.class);
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
            try {
                connection.checkDeadline(now);
            } catch (RuntimeException | Error fault) {
                // The timer stops for good at a fault, and with it every deadline of this loop.
                LOG.warn("a connection's deadline could not be looked at", fault);
                connection.channel().close();
            }
        }
    }

    /** Closes the connection that has served no request for the longest time; false where all serve one. */
    boolean closeLongestIdle() {
        Optional<HttpConnection> longest = connections.stream()
                .filter(HttpConnection::isIdle)
                .min(Comparator.comparingLong(HttpConnection::deadlineNanos));
        longest.ifPresent(connection -> connection.channel().close());
        return longest.isPresent();
    }

    /** Has requests end whose bodies may take long. */
    void drain() {
        List.copyOf(connections).forEach(HttpConnection::drain);
    }

    /** Closes the connections that serve no request. */
    void closeIdle() {
        List.copyOf(connections).forEach(HttpConnection::closeIfIdle);
    }
}
