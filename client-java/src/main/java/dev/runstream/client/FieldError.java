package dev.runstream.client;

/**
 * One fault of an input.
 *
 * @param field the dotted path of what is wrong
 * @param message what is wrong with it
 */
public record FieldError(String field, String message) {}
