package dev.runstream.agents.fund;

import java.util.function.LongSupplier;

/**
 * How work is cut up and how often it is told of.
 *
 * @param nanoClock a monotonic clock in nanoseconds
 * @param batchNanos after this long a batch takes no further paths
 * @param chunkPaths how many paths a batch takes at a time
 * @param batchesAtOnce how many batches are handed out together
 */
record Pace(LongSupplier nanoClock, long batchNanos, int chunkPaths, int batchesAtOnce) {
    private static final long BATCH_NANOS = 10_000_000;
    private static final int CHUNK_PATHS = 8;
    /** So that a core which was late for its first batch finds others busy with a second. */
    private static final int BATCHES_A_CORE = 2;

    static Pace ofThisMachine() {
        return of(Runtime.getRuntime().availableProcessors());
    }

    /** With work for all of so many cores. */
    static Pace of(int cores) {
        return new Pace(System::nanoTime, BATCH_NANOS, CHUNK_PATHS, BATCHES_A_CORE * cores);
    }
}
