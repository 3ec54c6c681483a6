package dev.runstream.client;

/**
 * An agent that a server can run.
 *
 * @param name what {@link StartRun} names
 * @param description what it does, in words
 */
public record AgentInfo(String name, String description) {}
