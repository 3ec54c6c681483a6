package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunState;
import dev.runstream.store.redis.link.RedisRefusedException;
import dev.runstream.store.redis.testing.RedisCluster;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues in a Redis Cluster, whose keys share a hash tag. */
@Tag("slow")
class ClusterTest {
    @Test
    void startsReadsAndCancelsWhereThePrefixHasAHashTag() {
        try (RedisCluster cluster = RedisCluster.start()) {
            assertThatThrownBy(() -> Gateway.open(cluster.address(), "jobs").close())
                    .isInstanceOf(RedisRefusedException.class)
                    .hasMessageContaining("--bullmq-prefix {bull}");
            try (Gateway gateway =
                    Gateway.openWith(RunSettings.defaults(), "{bull}", cluster.address(), "jobs", "others")) {
                gateway.start("jobs", "{'name':'plain'}", Optional.of("jobs:a"), "");
                gateway.start("others", "{'name':'plain'}", Optional.of("others:b"), "");
                Waiting.until(
                        "both queues are read",
                        Duration.ofSeconds(20),
                        () -> gateway.queues().copiedEntries() == 4);
                assertThat(gateway.cancel("jobs:a")).isEqualTo(RunState.CANCELLED);
                assertThat(gateway.state("others:b")).isEqualTo(RunState.QUEUED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void copiesAndCancelsWhatWorkersDoThere(int version) {
        try (RedisCluster cluster = RedisCluster.start();
                NodeJobs jobs = NodeJobs.start(
                        version, "cluster:" + cluster.masters().getFirst().port(), "{bull}");
                Gateway gateway = Gateway.openWith(RunSettings.defaults(), "{bull}", cluster.address(), "jobs")) {
            FollowedWork.copiesStartsAndCancels(gateway, jobs, "jobs");
        }
    }
}
