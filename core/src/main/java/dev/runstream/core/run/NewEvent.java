package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;

/**
 * An event that has been decided on: it takes the next seq of its run.
 *
 * @param attempt the attempt it belongs to
 */
public record NewEvent(EventType type, JsonBytes data, int attempt) {}
