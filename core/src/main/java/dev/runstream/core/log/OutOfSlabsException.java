package dev.runstream.core.log;

/** There is no memory for another slab now; there may be again. */
public final class OutOfSlabsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfSlabsException(String message) {
        super(message);
    }

    public OutOfSlabsException(String message, Throwable cause) {
        super(message, cause);
    }
}
