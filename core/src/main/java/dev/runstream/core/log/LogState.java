package dev.runstream.core.log;

/**
 * What a store knows of a run's log, from which the log is made again without its events.
 *
 * @param epoch of the log
 * @param firstSeq first event of the unbroken range that is held; {@code lastSeq + 1} for none
 * @param lastSeq the last event ever written; 0 for none
 * @param heldDataBytes bytes of data held
 * @param latestPartialSeq the latest attempt's latest partial; 0 for none
 * @param islandSeq a partial held before {@code firstSeq}; 0 for none
 * @param islandDataBytes its size
 * @param attemptStarts the first seq of each attempt, from attempt 1 on
 */
public record LogState(
        long epoch,
        long firstSeq,
        long lastSeq,
        long heldDataBytes,
        long latestPartialSeq,
        long islandSeq,
        int islandDataBytes,
        long[] attemptStarts) {
    /** The state of a log that has no events yet. */
    public static LogState empty(long epoch) {
        return new LogState(epoch, 1, 0, 0, 0, 0, 0, new long[] {1});
    }

    /** The first event held, island or not. */
    public long firstHeldSeq() {
        return islandSeq != 0 ? islandSeq : firstSeq;
    }
}
