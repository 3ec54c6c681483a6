package dev.runstream.bullmq;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.store.redis.testing.RedisSentinels;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues in a Redis whose master Sentinels watch. */
@Tag("slow")
class SentinelTest {
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void goesOnAtTheNextMaster(int version) {
        try (RedisSentinels redis = RedisSentinels.start();
                NodeJobs jobs =
                        NodeJobs.start(version, "sentinels:" + ports(redis) + "/" + RedisSentinels.MASTER_NAME);
                Gateway gateway = Gateway.open(redis.address() + "?wait=1", "jobs")) {
            FollowedWork.copiesStartsAndCancels(gateway, jobs, "jobs");
            redis.failOver();
            // Until it is told, the old master takes jobs that are lost when it becomes a replica.
            Waiting.until(
                    "the old master is a replica",
                    Duration.ofSeconds(20),
                    () -> redis.replica().text("ROLE").startsWith("slave"));
            FollowedWork.copiesStartsAndCancels(gateway, jobs, "jobs");
        }
    }

    private static String ports(RedisSentinels redis) {
        return redis.sentinels().stream()
                .map(sentinel -> Integer.toString(sentinel.port()))
                .collect(Collectors.joining(","));
    }
}
