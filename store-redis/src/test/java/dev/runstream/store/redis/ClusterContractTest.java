package dev.runstream.store.redis;

import dev.runstream.store.redis.testing.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** What every store must do, by a Cluster of three masters. */
@Tag("slow")
final class ClusterContractTest extends RedisContract {
    private static RedisCluster redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisCluster.start();
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
        redis.masters().forEach(master -> master.run("FLUSHALL"));
    }
}
