package dev.runstream.store.redis;

import dev.runstream.store.redis.testing.RedisSentinels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** What every store must do, where each change waits for the replica of a master that Sentinels watch. */
@Tag("slow")
final class SentinelContractTest extends RedisContract {
    private static RedisSentinels redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisSentinels.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    String address() {
        return redis.address() + "?wait=1";
    }

    @Override
    void flush() {
        redis.master().run("FLUSHALL");
    }
}
