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
    /** Keeps every core busy while the last batch of a wave ends, without a tally for each core of a large machine. */
    private static final int MOST_BATCHES = 32;

    static Pace ofThisMachine() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Pace(System::nanoTime, BATCH_NANOS, CHUNK_PATHS, Math.min(MOST_BATCHES, 2 * cores));
    }
}
