package dev.runstream.store.redis.link;

import static dev.runstream.store.redis.link.LinkUnderTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisCluster;
import dev.runstream.store.redis.testing.RedisSentinels;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.Waiting;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RedisLinkFailoverTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
    private static final RedisScript COUNT = RedisScript.of("count", "return redis.call('INCR', KEYS[1])");

    private static CompletionStage<Long> count(LinkUnderTest it) {
        return it.link.eval(COUNT, ScriptOutputType.INTEGER, new String[] {"n"});
    }

    @Test
    void followsTheMasterThatTheSentinelsNameAfterAPlannedChange() {
        try (RedisSentinels all = RedisSentinels.start();
                LinkUnderTest it = LinkUnderTest.to(all.address())) {
            assertThat(it.link.shape()).isEqualTo(RedisShape.SENTINEL);
            assertThat(Stages.await(count(it))).isEqualTo(1);
            Stages.await(it.link.subscribe("c"));
            RedisServer next = all.replica();
            all.failOver();
            Waiting.until(
                    "the subscriptions are back",
                    TEN_SECONDS,
                    () -> it.backs() >= 1 && next.clients("runstream-pubsub") == 1);
            assertThat(Stages.await(count(it))).isEqualTo(2);
            assertThat(next.run("GET", "n")).isEqualTo("2");
            next.run("PUBLISH", "c", "m");
            Waiting.until("messages come again", TEN_SECONDS, () -> it.messages.contains("c=m"));
            it.untilGreen(TEN_SECONDS);
        }
    }

    @Test
    void followsTheMasterThatTheSentinelsNameAfterADeath() {
        try (RedisSentinels all = RedisSentinels.start();
                LinkUnderTest it = LinkUnderTest.to(all.address())) {
            assertThat(Stages.await(count(it))).isEqualTo(1);
            RedisServer dead = all.master();
            RedisServer next = all.replica();
            Waiting.until("it is replicated", TEN_SECONDS, () -> "1".equals(next.run("GET", "n")));
            dead.kill();
            all.awaitMaster(next);
            assertThat(Stages.await(count(it))).isEqualTo(2);
            it.untilGreen(TEN_SECONDS);
        }
    }

    @Test
    void asksTheNextSentinelWhereOneSaysNothing() {
        try (RedisSentinels all = RedisSentinels.start()) {
            RedisServer silent = all.sentinels().getFirst();
            silent.freeze();
            try (LinkUnderTest it = LinkUnderTest.to(all.address())) {
                assertThat(Stages.await(count(it))).isEqualTo(1);
            }
            silent.thaw();
        }
    }

    @Test
    void leavesAFrozenMasterForTheNextOne() {
        try (RedisSentinels all = RedisSentinels.start();
                LinkUnderTest it = LinkUnderTest.to(all.address())) {
            RedisServer frozen = all.master();
            RedisServer next = all.replica();
            frozen.freeze();
            all.awaitMaster(next);
            Waiting.until(
                    "commands reach the next one", TEN_SECONDS, () -> isCounted(it) && next.run("GET", "n") != null);
            it.untilGreen(TEN_SECONDS);
            frozen.thaw();
        }
    }

    private static boolean isCounted(LinkUnderTest link) {
        try {
            return Stages.await(count(link)) > 0;
        } catch (StoreUnavailableException lost) {
            return false;
        }
    }

    @Test
    void ofTwoHostsTheOneThatIsMasterIsUsed() {
        try (RedisServer first = RedisServer.start();
                RedisServer second = RedisServer.start("replicaof", "127.0.0.1 " + first.port())) {
            String address = "redis://127.0.0.1:" + second.port() + ",127.0.0.1:" + first.port();
            try (LinkUnderTest it = LinkUnderTest.to(address)) {
                assertThat(Stages.await(count(it))).isEqualTo(1);
                assertThat(first.run("GET", "n")).isEqualTo("1");
                second.run("REPLICAOF", "NO", "ONE");
                first.run("REPLICAOF", "127.0.0.1", Integer.toString(second.port()));
                second.run("SET", "n", "7");
                assertThat(Stages.await(count(it))).isEqualTo(8);
            }
        }
    }

    @Test
    void followsAReplicaThatTakesOverInACluster() {
        try (RedisCluster cluster = RedisCluster.startWithReplicas();
                LinkUnderTest it = LinkUnderTest.to(cluster.address())) {
            assertThat(Stages.await(count(it))).isEqualTo(1);
            RedisServer dead = cluster.owner(cluster.slot("n"));
            RedisServer next = cluster.replicas().get(cluster.masters().indexOf(dead));
            Waiting.until(
                    "it is replicated", TEN_SECONDS, () -> next.text("DBSIZE").equals("1"));
            String channel = "{n}c";
            Stages.await(it.link.subscribe(channel));
            dead.kill();
            Waiting.until(
                    "the replica took over",
                    TEN_SECONDS,
                    () -> next.text("ROLE").startsWith("master"));
            assertThat(Stages.await(count(it))).isEqualTo(2);
            Waiting.until("the subscription has moved", TEN_SECONDS, () -> it.backs() >= 1);
            assertThat(Stages.await(it.link.publish(channel, bytes("m")))).isEqualTo(1);
            Waiting.until("messages come again", TEN_SECONDS, () -> it.messages.contains(channel + "=m"));
            it.untilGreen(TEN_SECONDS);
        }
    }
}
