package dev.runstream.store.sqlite;

import java.nio.file.Path;

/**
 * Where and how a SQLite store keeps its runs.
 *
 * @param dataFolder made where it is not there; holds {@code runstream.db} and what belongs to it
 * @param durability what an acknowledged change survives
 * @param maxDiskBytes what the file and its write-ahead log may take before ended runs go, from 16 MB
 * @param bootId tells a crash of the machine from one of the process
 */
public record SqliteSettings(Path dataFolder, Durability durability, long maxDiskBytes, BootId bootId) {
    /** Below this the write-ahead log alone could take it all. */
    public static final long LEAST_MAX_DISK_BYTES = 16L * 1024 * 1024;

    private static final long DEFAULT_MAX_DISK_BYTES = 10L * 1024 * 1024 * 1024;

    public SqliteSettings {
        if (maxDiskBytes < LEAST_MAX_DISK_BYTES) {
            throw new IllegalArgumentException(
                    "max-disk must be at least " + LEAST_MAX_DISK_BYTES + " bytes, not " + maxDiskBytes);
        }
    }

    /** The defaults of the contract. */
    public static SqliteSettings defaults(Path dataFolder) {
        return new SqliteSettings(dataFolder, Durability.OS, DEFAULT_MAX_DISK_BYTES, BootId.ofMachine());
    }
}
