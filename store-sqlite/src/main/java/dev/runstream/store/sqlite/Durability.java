package dev.runstream.store.sqlite;

/** What a change survives once the store has acknowledged it. */
public enum Durability {
    /**
     * The death of this process, at any moment. A crash of the whole machine may lose the last moments, never more than
     * the end of what was written.
     */
    OS,
    /** A crash of the machine and loss of power too: each commit waits for the disk. */
    FSYNC;

    /** The value of {@code PRAGMA synchronous} that keeps this promise for a write-ahead log. */
    String synchronous() {
        return this == FSYNC ? "FULL" : "NORMAL";
    }
}
