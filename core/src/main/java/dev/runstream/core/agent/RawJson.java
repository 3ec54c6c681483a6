package dev.runstream.core.agent;

/**
 * JSON that is passed on as it stands, where {@link RunContext} takes a value: checked, and stripped of whitespace
 * between tokens, but neither numbers nor key order are touched.
 *
 * @param text one JSON value (RFC 8259)
 */
public record RawJson(String text) {}
