package dev.runstream.bench.peer;

import java.util.Locale;

/** Where the measured server keeps its runs. */
public enum Store {
    MEMORY,
    SQLITE;

    /** The value of {@code --store}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
