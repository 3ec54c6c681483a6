package dev.runstream.app;

import org.jspecify.annotations.Nullable;

/** A service cannot start, for a reason that a user can mend; the message says what it is. */
final class StartFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
