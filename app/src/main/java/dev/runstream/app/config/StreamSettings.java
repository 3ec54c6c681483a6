package dev.runstream.app.config;

import java.time.Duration;

/**
 * How streams are kept open and ended. Immutable.
 *
 * @param keepalive after so long without a byte a comment is sent
 * @param idleTimeout after so long without an event a stream is closed
 * @param slowReaderTimeout a reader that takes nothing for so long is cut
 */
public record StreamSettings(Duration keepalive, Duration idleTimeout, Duration slowReaderTimeout) {}
