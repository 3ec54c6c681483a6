package dev.runstream.store.redis.link;

/** How a Redis is set up, as found by asking it. */
public enum RedisShape {
    /** One master at a fixed address. */
    STANDALONE,
    /** One master at a time, which Sentinels name. */
    SENTINEL,
    /** Several masters, of which each has some of the 16,384 slots. */
    CLUSTER
}
