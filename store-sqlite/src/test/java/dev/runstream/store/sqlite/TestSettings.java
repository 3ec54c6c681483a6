package dev.runstream.store.sqlite;

import dev.runstream.core.run.RunSettings;
import java.time.Duration;

/** Changes some of the limits of runs. */
final class TestSettings {
    private final RunSettings from;
    private long runBufferBytes;
    private int maxOpenRuns;
    private Duration retainEnded;

    private TestSettings(RunSettings from) {
        this.from = from;
        runBufferBytes = from.runBufferBytes();
        maxOpenRuns = from.maxOpenRuns();
        retainEnded = from.retainEnded();
    }

    static TestSettings with(RunSettings from) {
        return new TestSettings(from);
    }

    TestSettings runBufferBytes(long bytes) {
        runBufferBytes = bytes;
        return this;
    }

    TestSettings maxOpenRuns(int most) {
        maxOpenRuns = most;
        return this;
    }

    TestSettings retainEnded(Duration time) {
        retainEnded = time;
        return this;
    }

    RunSettings build() {
        return new RunSettings(
                from.maxEventBytes(),
                runBufferBytes,
                maxOpenRuns,
                from.lease(),
                from.cancelGrace(),
                from.disconnectGrace(),
                from.maxRunTime(),
                retainEnded);
    }
}
