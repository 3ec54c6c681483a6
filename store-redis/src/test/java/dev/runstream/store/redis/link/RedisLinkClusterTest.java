package dev.runstream.store.redis.link;

import static dev.runstream.store.redis.link.LinkUnderTest.bytes;
import static dev.runstream.store.redis.link.LinkUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisCluster;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.Waiting;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RedisLinkClusterTest {
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private static final RedisScript COUNT = RedisScript.of("count", "return redis.call('INCR', KEYS[1])");

    private RedisCluster cluster;

    @BeforeEach
    void startCluster() {
        cluster = RedisCluster.start();
    }

    @AfterEach
    void stopCluster() {
        cluster.close();
    }

    private static CompletionStage<Long> count(LinkUnderTest it, String key) {
        return it.link.eval(COUNT, ScriptOutputType.INTEGER, new String[] {key});
    }

    @Test
    void findsTheClusterFromAnyOfItsNodesAndReachesAllOfThem() {
        try (LinkUnderTest it = LinkUnderTest.to(cluster.masters().get(1).address())) {
            assertThat(it.link.shape()).isEqualTo(RedisShape.CLUSTER);
            for (int i = 0; i < 100; i++) {
                assertThat(Stages.await(count(it, "k" + i))).isEqualTo(1);
            }
            for (RedisServer master : cluster.masters()) {
                assertThat(master.run("DBSIZE")).isNotEqualTo(0L);
                assertThat(master.clients("runstream-commands")).isEqualTo(1);
                assertThat(master.clients("runstream-pubsub")).isEqualTo(1);
            }
            String pong = Stages.await(it.link.call(to -> to.ping()));
            assertThat(pong).isEqualTo("PONG");
            assertThat(it.link.keeping().appendonly()).isEqualTo("no");
        }
    }

    @Test
    void messagesComeFromTheShardThatHasTheChannel() {
        try (LinkUnderTest it = LinkUnderTest.to(cluster.address())) {
            for (int i = 0; i < 30; i++) {
                Stages.await(it.link.subscribe("c" + i));
            }
            for (int i = 0; i < 30; i++) {
                assertThat(Stages.await(it.link.publish("c" + i, bytes("m")))).isEqualTo(1);
            }
            Waiting.until("all messages come", FIVE_SECONDS, () -> it.messages.size() == 30);
            assertThat(it.backs()).isZero();
        }
    }

    @Test
    void aDatabaseNumberIsRefused() {
        assertThatThrownBy(() -> LinkUnderTest.to(cluster.masters().getFirst().address() + "/3"))
                .isInstanceOf(RedisRefusedException.class)
                .hasMessageContaining("database");
    }

    @Test
    void commandsAndSubscriptionsFollowASlotThatMoves() {
        String key = "{moving}k";
        String channel = "{moving}c";
        int slot = cluster.slot(key);
        RedisServer from = cluster.owner(slot);
        RedisServer to =
                cluster.masters().stream().filter(it -> it != from).findFirst().orElseThrow();
        try (LinkUnderTest it = LinkUnderTest.to(cluster.address())) {
            assertThat(Stages.await(count(it, key))).isEqualTo(1);
            Stages.await(it.link.subscribe(channel));

            cluster.beginMove(slot, from, to);
            assertThat(Stages.await(count(it, key))).as("still there").isEqualTo(2);
            cluster.moveKeys(slot, from, to);
            assertThat(Stages.await(count(it, key)))
                    .as("asked for at the new owner")
                    .isEqualTo(3);
            cluster.finishMove(slot, from, to);
            assertThat(Stages.await(count(it, key))).as("moved").isEqualTo(4);

            Waiting.until("the subscription has moved", FIVE_SECONDS, () -> it.backs() >= 1);
            assertThat(to.text("PUBSUB", "SHARDNUMSUB", channel)).isEqualTo(channel + "\n1");
            assertThat(Stages.await(it.link.publish(channel, bytes("m")))).isEqualTo(1);
            Waiting.until("messages come again", FIVE_SECONDS, () -> it.messages.contains(channel + "=m"));
            assertThat(it.link.health().ready()).isTrue();
        }
    }

    @Test
    void aMasterThatHasNoSlotLeftIsNotMissed() {
        RedisServer from = cluster.masters().get(0);
        RedisServer to = cluster.masters().get(1);
        try (LinkUnderTest it = LinkUnderTest.to(cluster.address())) {
            cluster.giveAllSlots(from, to);
            for (int i = 0; i < 30; i++) {
                assertThat(Stages.await(count(it, "k" + i))).isEqualTo(1);
            }
            it.untilGreen(FIVE_SECONDS);
            // Longer than it takes to find out that a message is missing.
            it.stays(true, Duration.ofSeconds(6));
        }
    }

    @Test
    void onlyTheShardThatIsAwayIsMissed() {
        try (LinkUnderTest it = LinkUnderTest.to(cluster.address(), LinkUnderTest.patient(Duration.ofMillis(300)))) {
            RedisServer dead = cluster.owner(cluster.slot("a"));
            String elsewhere = "b";
            assertThat(cluster.owner(cluster.slot(elsewhere))).isNotSameAs(dead);
            for (RedisServer node : cluster.masters()) {
                node.run("CONFIG", "SET", "cluster-require-full-coverage", "no");
            }
            dead.kill();
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).contains("127.0.0.1:" + dead.port());
            assertThatThrownBy(() -> Stages.await(count(it, "a"))).isInstanceOf(RedisUnavailableException.class);
            assertThat(Stages.await(count(it, elsewhere))).isEqualTo(1);
            dead.startAgain();
            it.untilGreen(FIVE_SECONDS);
            assertThat(text(Stages.await(it.link.call(to -> to.get(elsewhere)))))
                    .isEqualTo("1");
        }
    }
}
