package dev.runstream.app.config;

/**
 * All that `serve` was told, checked: each value makes sense by itself and beside the others. Immutable.
 *
 * @param maxInputBytes the largest input of a run
 */
public record ServeConfiguration(
        ListenSettings listen, StreamSettings streams, int maxInputBytes, WorkConfiguration work) {}
