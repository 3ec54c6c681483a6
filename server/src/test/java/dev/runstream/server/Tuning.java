package dev.runstream.server;

import java.time.Duration;

/** Server settings with some of them changed. */
record Tuning(ServerSettings settings) {
    Tuning transport(String transport) {
        return with(
                transport,
                settings.keepalive(),
                settings.idleTimeout(),
                settings.slowReaderTimeout(),
                settings.maxConnections());
    }

    Tuning keepalive(Duration keepalive) {
        return with(
                settings.transport(),
                keepalive,
                settings.idleTimeout(),
                settings.slowReaderTimeout(),
                settings.maxConnections());
    }

    Tuning idle(Duration idle) {
        return with(
                settings.transport(),
                settings.keepalive(),
                idle,
                settings.slowReaderTimeout(),
                settings.maxConnections());
    }

    Tuning slow(Duration slow) {
        return with(
                settings.transport(), settings.keepalive(), settings.idleTimeout(), slow, settings.maxConnections());
    }

    Tuning maxConnections(int most) {
        return with(
                settings.transport(), settings.keepalive(), settings.idleTimeout(), settings.slowReaderTimeout(), most);
    }

    private Tuning with(String transport, Duration keepalive, Duration idle, Duration slow, int most) {
        return new Tuning(new ServerSettings(
                settings.host(),
                settings.port(),
                settings.insecure(),
                settings.basePath(),
                transport,
                keepalive,
                idle,
                slow,
                settings.lease(),
                settings.maxEventBytes(),
                settings.maxInputBytes(),
                most,
                settings.otherConnections(),
                settings.maxBodyBytes(),
                settings.corsOrigins(),
                settings.drain()));
    }
}
