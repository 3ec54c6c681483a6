package dev.runstream.client;

import java.util.Optional;

/**
 * One event as an event stream dispatched it.
 *
 * @param id the id that stood in this event's own block; empty where it had none
 * @param event the event's name, {@code message} where none was given
 * @param data the lines of data, joined by line feeds
 */
public record SseEvent(Optional<String> id, String event, String data) {}
