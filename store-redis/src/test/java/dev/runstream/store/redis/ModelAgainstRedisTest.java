package dev.runstream.store.redis;

import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.RedisServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the model of Redis, on which the simulation rests, against a real one. */
final class ModelAgainstRedisTest {
    private static final int CALLS = 600;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void answersAsRedisDoes(long seed) throws InterruptedException {
        try (SystemTimers timers = new SystemTimers("link");
                RedisServer server = RedisServer.start();
                RedisLink link = RedisLink.open(RedisAddress.parse(server.address()), LinkSettings.DEFAULT, timers)) {
            ModelComparison comparison = new ModelComparison(server, link, seed);
            comparison.calls(CALLS);
            comparison.hearsTheSame();
        }
    }
}
