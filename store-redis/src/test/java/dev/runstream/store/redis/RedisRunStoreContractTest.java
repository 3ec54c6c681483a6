package dev.runstream.store.redis;

import dev.runstream.store.redis.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every store must do, by one Redis. */
final class RedisRunStoreContractTest extends RedisContract {
    private static RedisServer redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    String address() {
        return redis.address();
    }

    @Override
    void flush() {
        redis.run("FLUSHALL");
    }
}
