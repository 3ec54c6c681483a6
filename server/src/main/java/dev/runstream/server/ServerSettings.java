package dev.runstream.server;

import java.time.Duration;
import java.util.List;

/**
 * What an operator may set of the server.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param insecure whether any {@code Host} is served, since there is no authentication yet
 * @param basePath begins with a slash and does not end with one
 * @param transport {@code auto}, {@code epoll}, {@code io_uring} or {@code nio}
 * @param keepalive after so long without a byte a stream gets a comment
 * @param idleTimeout after so long without an event a stream is closed
 * @param slowReaderTimeout after so long without taking a byte a reader is cut
 * @param lease how long a body of lines may be silent, unless its run says otherwise
 * @param maxEventBytes largest data of one event
 * @param maxInputBytes largest input of a run
 * @param maxConnections open streams
 * @param otherConnections how many connections beyond them find room for other requests
 * @param maxBodyBytes what all request bodies on their way may take of the heap together
 * @param corsOrigins allowed origins; {@code *} for any
 * @param drain over how long open streams are ended when the server stops
 */
public record ServerSettings(
        String host,
        int port,
        boolean insecure,
        String basePath,
        String transport,
        Duration keepalive,
        Duration idleTimeout,
        Duration slowReaderTimeout,
        Duration lease,
        int maxEventBytes,
        int maxInputBytes,
        int maxConnections,
        int otherConnections,
        long maxBodyBytes,
        List<String> corsOrigins,
        Duration drain) {
    public ServerSettings {
        corsOrigins = List.copyOf(corsOrigins);
    }

    /** The defaults of the contract, on a free port. */
    public static ServerSettings defaults() {
        return new ServerSettings(
                "127.0.0.1",
                0,
                false,
                "/api/agents",
                "auto",
                Duration.ofSeconds(25),
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                256 * 1024,
                1024 * 1024,
                10_000,
                1_000,
                64L * 1024 * 1024,
                List.of(),
                Duration.ofSeconds(8));
    }
}
