package dev.runstream.store.sqlite;

/** The store's file cannot be used; it was left as it is. The message names it, what is wrong and how to mend it. */
public final class StoreFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreFileException(String message) {
        super(message);
    }

    StoreFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
