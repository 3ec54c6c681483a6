package dev.runstream.core.run;

/**
 * Whether a store can do its work.
 *
 * @param message what is wrong; empty where nothing is
 */
public record StoreHealth(boolean ready, String message) {
    public static final StoreHealth READY = new StoreHealth(true, "");
}
