package dev.runstream.app.config;

import dev.runstream.core.run.RunSettings;
import java.time.Duration;

/**
 * All that `serve` was told, checked: each value makes sense by itself and beside the others. Immutable.
 *
 * @param maxInputBytes the largest input of a run
 * @param totalBufferBytes what the events of all runs may take in memory together
 * @param drain how long agents get to end when the server stops
 */
public record ServeConfiguration(
        ListenSettings listen,
        StreamSettings streams,
        RunSettings runs,
        StoreSettings store,
        AgentSettings agents,
        int maxInputBytes,
        long totalBufferBytes,
        Duration drain,
        LogFormat logFormat) {}
