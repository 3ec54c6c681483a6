package dev.runstream.app.cli;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How far a run is, as one line shows it. Immutable.
 *
 * @param total 0 where it is not known
 * @param perSecond how fast {@code done} grows
 */
record Progress(String state, int attempt, long done, long total, OptionalDouble perSecond, Duration elapsed) {}
