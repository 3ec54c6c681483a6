package dev.runstream.store.redis.link;

import dev.runstream.core.run.StoreUnavailableException;

/** Redis could not be reached, or did not answer in time; what was asked was not done. It may work again later. */
public class RedisUnavailableException extends StoreUnavailableException {
    private static final long serialVersionUID = 1L;

    /** @param message where, what is wrong and what to look at */
    public RedisUnavailableException(String message) {
        super(message);
    }

    public RedisUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
