package dev.runstream.store.redis.link;

/** Redis answers and will not serve us as it is set up; trying again changes nothing. The message says how to mend it. */
public final class RedisRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RedisRefusedException(String message) {
        super(message);
    }

    public RedisRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
