package dev.runstream.store.redis.link;

import dev.runstream.core.run.StoreUnavailableException;

/**
 * The connection broke after a command had left and before its answer came: nobody here knows whether Redis carried it
 * out. It is not sent again; whoever asked can tell whether that does harm.
 */
public final class CommandLostException extends StoreUnavailableException {
    private static final long serialVersionUID = 1L;

    public CommandLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
