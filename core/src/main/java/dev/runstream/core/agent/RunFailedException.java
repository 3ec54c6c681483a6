package dev.runstream.core.agent;

/** Ends a run in an {@code error} event whose code and message are meant for the reader. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final boolean retriable;

    /**
     * @param code a stable word for programs, such as {@code upstream-unavailable}
     * @param message for a person; it is shown to the reader as it is
     * @param retriable whether the same input may succeed later
     */
    public RunFailedException(String code, String message, boolean retriable) {
        super(message);
        this.code = code;
        this.retriable = retriable;
    }

    /** As above, with what led to it, which is logged and never shown. */
    public RunFailedException(String code, String message, boolean retriable, Throwable cause) {
        this(code, message, retriable);
        initCause(cause);
    }

    public String code() {
        return code;
    }

    /** The message shown to the reader. */
    public String readerMessage() {
        return String.valueOf(getMessage());
    }

    public boolean retriable() {
        return retriable;
    }
}
