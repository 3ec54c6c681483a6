package dev.runstream.store.sqlite;

/** What the writer knows of a run beside its record. Writer only. */
final class RunSlot {
    /** The number that the run's rows go by. */
    final long no;
    /** Bytes of evicted events whose rows have been deleted, or are about to be. */
    long trimmedBytes;

    RunSlot(long no, long trimmedBytes) {
        this.no = no;
        this.trimmedBytes = trimmedBytes;
    }
}
