package dev.runstream.core.run;

import java.time.Duration;

/**
 * The limits of runs.
 *
 * @param maxEventBytes largest data of one event
 * @param runBufferBytes how much data one run holds, at least four of the largest events
 * @param maxOpenRuns how many runs may be open at once
 * @param lease how long a worker elsewhere may be silent, unless the run says otherwise
 * @param cancelGrace how long after a cancel a run ends whatever its worker does
 * @param disconnectGrace how long the last reader may be gone before a run that wants it is cancelled
 * @param maxRunTime how long a run may take; zero for no limit
 * @param retainEnded how long an ended run can still be read
 */
public record RunSettings(
        int maxEventBytes,
        long runBufferBytes,
        int maxOpenRuns,
        Duration lease,
        Duration cancelGrace,
        Duration disconnectGrace,
        Duration maxRunTime,
        Duration retainEnded) {
    /** The defaults of the contract. */
    public static RunSettings defaults() {
        return new RunSettings(
                256 * 1024,
                10L * 1024 * 1024,
                10_000,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ZERO,
                Duration.ofHours(24));
    }
}
