package dev.runstream.app.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which agents there are and how many work at once. Immutable.
 *
 * @param folder jars of agents; it exists
 * @param maxRunning at once in this process; 0 for none
 * @param llm the endpoint of the {@code llm} agent; without one it refuses every input
 */
public record AgentSettings(Optional<Path> folder, int maxRunning, Optional<LlmSettings> llm) {}
