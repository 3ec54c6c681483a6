package dev.runstream.app.config;

import dev.runstream.store.redis.link.RedisAddress;
import java.nio.file.Path;

/** Where runs are kept. Immutable. */
public sealed interface StoreSettings {
    /** In this process only. */
    record Memory() implements StoreSettings {}

    /**
     * In one file.
     *
     * @param folder holds the file; made where it is missing
     * @param maxDiskBytes what the file may take, its write-ahead log included
     */
    record Sqlite(Path folder, Durability durability, long maxDiskBytes) implements StoreSettings {}

    /** In a Redis, which other processes use too. */
    record Redis(RedisAddress address) implements StoreSettings {}

    /** What of an acknowledged event survives. */
    enum Durability {
        /** A crash of this process. */
        OS("os"),
        /** A power loss too. */
        FSYNC("fsync");

        private final String word;

        Durability(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
