package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;

/**
 * An event that has been decided on: it takes the next seq of its run.
 *
 * @param attempt the attempt it belongs to, never lower than that of the event before
 */
public record NewEvent(EventType type, JsonBytes data, int attempt) {}
