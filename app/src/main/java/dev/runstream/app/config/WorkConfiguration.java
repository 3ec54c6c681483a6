package dev.runstream.app.config;

import dev.runstream.core.run.RunSettings;
import java.time.Duration;

/**
 * What every process needs that works on runs, whether it takes requests too or not. Immutable.
 *
 * @param totalBufferBytes what the events of all runs may take in memory together
 * @param drain how long agents get to end when the process stops
 */
public record WorkConfiguration(
        RunSettings runs,
        StoreSettings store,
        AgentSettings agents,
        long totalBufferBytes,
        Duration drain,
        LogFormat logFormat) {}
