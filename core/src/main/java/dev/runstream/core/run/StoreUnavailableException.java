package dev.runstream.core.run;

/** The store cannot do its work now; nothing was stored. It may work again later. */
public class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, for the operator; callers elsewhere are not shown it */
    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
