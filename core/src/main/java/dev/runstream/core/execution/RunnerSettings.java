package dev.runstream.core.execution;

/**
 * The limits of the agents in this process.
 *
 * @param maxRunning how many run at once; 0 for none here
 * @param maxEventBytes largest data of one event; the store's limit is the same
 */
public record RunnerSettings(int maxRunning, int maxEventBytes) {
    public RunnerSettings {
        if (maxRunning < 0 || maxEventBytes < 1) {
            throw new IllegalArgumentException("maxRunning " + maxRunning + ", maxEventBytes " + maxEventBytes);
        }
    }
}
