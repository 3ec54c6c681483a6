package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.RunSettings;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whether it is seen that nobody takes the runs of an agent. */
final class UnaskedAgentsTest {
    @Test
    void knowsForHowLongNobodyHasAskedForAnAgent() {
        try (RedisServer redis = RedisServer.start();
                SystemTimers timers = new SystemTimers("queues")) {
            RedisAddress address = RedisAddress.parse(redis.address());
            RedisLink link = RedisLink.open(address, LinkSettings.DEFAULT, timers);
            try (RedisPorts ports = RedisPorts.of(address, link, RunSettings.defaults(), timers)) {
                AgentQueues queues = ports.queues();
                assertThat(Stages.await(queues.unasked("agent"))).isGreaterThan(Duration.ofDays(1));
                Stages.await(queues.add("agent", "run"));
                assertThat(Stages.await(queues.unasked("agent"))).isGreaterThan(Duration.ofDays(1));
                Stages.await(queues.take("agent", 1));
                assertThat(Stages.await(queues.unasked("agent"))).isLessThan(Duration.ofMinutes(1));
            }
        }
    }
}
