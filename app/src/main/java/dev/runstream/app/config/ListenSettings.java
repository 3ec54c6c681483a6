package dev.runstream.app.config;

import java.util.List;

/**
 * Where the server listens and who may call. Immutable.
 *
 * @param host a name or an IP address, an IPv6 one without its brackets
 * @param port 0 for a free one
 * @param insecure whether callers from elsewhere are let in although there is no authentication
 * @param basePath begins with a slash and ends without
 * @param corsOrigins as browsers send them, or {@code *} alone among them for every one
 * @param maxConnections how many streams may be open at once
 */
public record ListenSettings(
        String host,
        int port,
        boolean insecure,
        String basePath,
        List<String> corsOrigins,
        Transport transport,
        int maxConnections) {
    public ListenSettings {
        corsOrigins = List.copyOf(corsOrigins);
    }
}
