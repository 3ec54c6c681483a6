package dev.runstream.store.redis.link;

import static dev.runstream.store.redis.link.LinkUnderTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.TcpProxy;
import dev.runstream.store.redis.testing.Waiting;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RedisLinkOutageTest {
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);
    private static final RedisScript COUNT = RedisScript.of("count", "return redis.call('INCR', KEYS[1]) -- marked");

    private RedisServer server;
    private TcpProxy proxy;

    @BeforeEach
    void startServer() {
        server = RedisServer.start("appendonly", "yes", "appendfsync", "always");
        proxy = TcpProxy.before(server.port());
    }

    @AfterEach
    void stopServer() {
        proxy.close();
        server.close();
    }

    private static CompletionStage<Long> count(LinkUnderTest it) {
        return it.link.eval(COUNT, ScriptOutputType.INTEGER, new String[] {"n"});
    }

    @Test
    void whatWasInFlightWhenTheConnectionBrokeIsNotSentAgain() throws Exception {
        try (LinkUnderTest it = LinkUnderTest.to(proxy.address())) {
            Stages.await(count(it));
            var passed = proxy.swallowAnswerTo("EVALSHA");
            CompletionStage<Long> lost = count(it);
            passed.get(5, TimeUnit.SECONDS);
            Waiting.until("it is carried out", FIVE_SECONDS, () -> "2".equals(server.run("GET", "n")));
            proxy.cut();
            assertThatThrownBy(() -> Stages.await(lost))
                    .isInstanceOf(CommandLostException.class)
                    .hasMessageContaining("EVALSHA");
            assertThat(Stages.await(count(it))).isEqualTo(3);
        }
    }

    @Test
    void eachCommandEndsAndIsCarriedOutAtMostOnceWhileConnectionsAreKilled() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("CONFIG", "SET", "appendfsync", "no");
            List<CompletionStage<Long>> asked = new ArrayList<>();
            for (int kill = 0; kill < 20; kill++) {
                for (int i = 0; i < 1000; i++) {
                    asked.add(count(it));
                }
                server.run("CLIENT", "KILL", "TYPE", "normal");
            }
            int done = 0;
            int lost = 0;
            for (CompletionStage<Long> each : asked) {
                try {
                    Stages.await(each);
                    done++;
                } catch (CommandLostException e) {
                    lost++;
                }
            }
            int carriedOut = Integer.parseInt(server.text("GET", "n"));
            assertThat(done + lost).isEqualTo(20_000);
            assertThat(lost).isPositive();
            assertThat(carriedOut).isBetween(done, done + lost);
        }
    }

    @Test
    void whatIsAskedWhileRedisIsAwayIsDoneWhenItIsBackWithinThePatience() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            Stages.await(count(it));
            server.kill();
            Waiting.until(
                    "the link notices", FIVE_SECONDS, () -> !it.link.health().ready());
            List<CompletionStage<Long>> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                waiting.add(count(it));
            }
            CompletionStage<Void> subscribed = it.link.subscribe("c");
            server.startAgain();
            for (int i = 0; i < 100; i++) {
                assertThat(Stages.await(waiting.get(i))).isEqualTo(i + 2);
            }
            Stages.await(subscribed);
        }
    }

    @Test
    void whatIsAskedWhileRedisIsAwayFailsWhenThePatienceIsOver() {
        LinkSettings settings = LinkUnderTest.patient(Duration.ofMillis(500));
        try (LinkUnderTest it = LinkUnderTest.to(server.address(), settings)) {
            server.kill();
            Waiting.until(
                    "the link notices", FIVE_SECONDS, () -> !it.link.health().ready());
            long start = System.nanoTime();
            CompletionStage<Long> asked = count(it);
            CompletionStage<Void> subscribed = it.link.subscribe("c");
            assertThatThrownBy(() -> Stages.await(asked))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageContaining("refused");
            long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertThat(tookMillis).isBetween(450L, 2500L);
            assertThatThrownBy(() -> Stages.await(subscribed)).isInstanceOf(RedisUnavailableException.class);
            server.startAgain();
            it.untilGreen(FIVE_SECONDS);
            assertThat(Stages.await(count(it))).isEqualTo(1);
            assertThat(server.text("PUBSUB", "NUMSUB", "c")).isEqualTo("c\n0");
        }
    }

    @Test
    void anOutageCostsMemoryOnlyUpToALimit() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.kill();
            Waiting.until(
                    "the link notices", FIVE_SECONDS, () -> !it.link.health().ready());
            for (int i = 0; i < 20_000; i++) {
                count(it);
            }
            CompletionStage<Long> oneTooMany = count(it);
            assertThatThrownBy(() -> Stages.await(oneTooMany))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("too many");
        }
    }

    @Test
    @Tag("slow")
    void anAttemptToConnectThatGetsNoAnswerIsGivenUp() throws Exception {
        try (LinkUnderTest it = LinkUnderTest.to(proxy.address())) {
            var passed = proxy.swallowAnswerTo("\r\nINFO\r\n");
            proxy.cut();
            passed.get(5, TimeUnit.SECONDS);
            it.untilRed(FIVE_SECONDS);
            it.untilGreen(FIVE_SECONDS);
        }
    }

    @Test
    void whatWaitsWhenTheLinkIsClosedFails() {
        LinkUnderTest it = LinkUnderTest.to(server.address());
        server.kill();
        Waiting.until("the link notices", FIVE_SECONDS, () -> !it.link.health().ready());
        CompletionStage<Long> asked = count(it);
        CompletionStage<Void> subscribed = it.link.subscribe("c");
        it.close();
        assertThatThrownBy(() -> Stages.await(asked)).isInstanceOf(RedisUnavailableException.class);
        assertThatThrownBy(() -> Stages.await(subscribed)).isInstanceOf(RedisUnavailableException.class);
    }

    @Test
    void subscriptionsComeBackAfterTheirConnectionWasKilled() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            for (int i = 0; i < 50; i++) {
                Stages.await(it.link.subscribe("c" + i));
            }
            assertThat(server.run("CLIENT", "KILL", "TYPE", "pubsub")).isEqualTo(1L);
            Waiting.until("the subscriptions are back", FIVE_SECONDS, () -> it.backs() == 1);
            assertThat(server.run("PUBLISH", "c49", "m")).isEqualTo(1L);
            Waiting.until("messages come again", FIVE_SECONDS, () -> it.messages.contains("c49=m"));
            assertThat(it.link.health().ready()).isTrue();
            assertThat(it.reachable).isEmpty();
        }
    }

    @Test
    void whatWasUnsubscribedWhileAwayDoesNotComeBack() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            Stages.await(it.link.subscribe("kept"));
            Stages.await(it.link.subscribe("dropped"));
            server.kill();
            Waiting.until(
                    "the link notices", FIVE_SECONDS, () -> !it.link.health().ready());
            it.link.unsubscribe("dropped");
            server.startAgain();
            Waiting.until("the subscriptions are back", FIVE_SECONDS, () -> it.backs() == 1);
            assertThat(server.text("PUBSUB", "NUMSUB", "kept", "dropped")).isEqualTo("kept\n1\ndropped\n0");
        }
    }

    @Test
    @Tag("slow")
    void findsOutThatItIsDeaf() {
        try (LinkUnderTest it = LinkUnderTest.to(proxy.address())) {
            Stages.await(it.link.subscribe("c"));
            proxy.swallowMessages(true);
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).startsWith("deaf: ").contains("127.0.0.1:" + proxy.port());
            Waiting.until("the deaf connection is made anew", FIVE_SECONDS, () -> it.backs() >= 1);
            assertThat(it.link.health().ready()).as("messages still vanish").isFalse();
            assertThat(Stages.await(count(it))).isEqualTo(1);
            proxy.swallowMessages(false);
            it.untilGreen(FIVE_SECONDS);
            Waiting.until("it was told", FIVE_SECONDS, () -> it.reachable.equals(List.of(false, true)));
            server.run("PUBLISH", "c", "m");
            Waiting.until("messages come again", FIVE_SECONDS, () -> it.messages.contains("c=m"));
            assertThat(server.clients("runstream-pubsub")).isEqualTo(1);
        }
    }

    @Test
    @Tag("slow")
    void aServerThatWasStoppedTenSecondsIsBackWithinFive() throws InterruptedException {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            Stages.await(count(it));
            Stages.await(it.link.subscribe("c"));
            server.kill();
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message())
                    .contains("does not answer")
                    .contains("refused")
                    .contains("since");
            TimeUnit.SECONDS.sleep(10); // the outage itself
            server.startAgain();
            it.untilGreen(FIVE_SECONDS);
            Waiting.until("the subscriptions are back", FIVE_SECONDS, () -> it.backs() == 1);
            assertThat(Stages.await(count(it))).isEqualTo(2);
        }
    }

    @Test
    @Tag("slow")
    void aServerThatSleepsIsNoticedThoughItsConnectionsStand() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            Stages.await(count(it));
            server.sleep(Duration.ofSeconds(9));
            long start = System.nanoTime();
            CompletionStage<Long> asked = count(it);
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).contains("does not answer since");
            assertThatThrownBy(() -> Stages.await(asked)).isInstanceOf(CommandLostException.class);
            it.untilGreen(Duration.ofSeconds(14));
            long green = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) - 9000;
            assertThat(green).isLessThan(5000);
            // What was lost to the caller was carried out when the server woke.
            assertThat(Stages.await(count(it))).isEqualTo(3);
        }
    }

    @Test
    @Tag("slow")
    void aFrozenServerIsNoticedAndFoundAgain() throws InterruptedException {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.freeze();
            it.untilRed(FIVE_SECONDS);
            TimeUnit.SECONDS.sleep(5); // the outage itself
            server.thaw();
            it.untilGreen(FIVE_SECONDS);
            Waiting.until(
                    "what was given up is gone",
                    FIVE_SECONDS,
                    () -> server.clients("runstream-commands") == 1 && server.clients("runstream-pubsub") == 1);
        }
    }

    @Test
    @Tag("slow")
    void aConnectionWhosePeerIsGoneWithoutAWordIsNoticed() {
        try (LinkUnderTest it = LinkUnderTest.to(proxy.address())) {
            Stages.await(it.link.subscribe("c"));
            proxy.stall(true);
            CompletionStage<Long> asked = count(it);
            it.untilRed(FIVE_SECONDS);
            assertThatThrownBy(() -> Stages.await(asked)).isInstanceOf(CommandLostException.class);
            proxy.stall(false);
            it.untilGreen(FIVE_SECONDS);
            Waiting.until("the subscriptions are back", FIVE_SECONDS, () -> it.backs() >= 1);
        }
    }

    private String connectionIds() {
        return server.text("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains(" name=runstream-"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.joining(","));
    }

    @Test
    void aShortPauseBreaksNothing() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            String before = connectionIds();
            server.sleep(Duration.ofMillis(2200));
            assertThat(Stages.await(count(it))).isEqualTo(1);
            it.untilGreen(FIVE_SECONDS);
            assertThat(it.backs()).isZero();
            assertThat(connectionIds()).isEqualTo(before);
        }
    }

    @Test
    void aServerThatRefusesConnectionsIsTriedUntilItTakesThem() {
        try (LinkUnderTest it = LinkUnderTest.to(proxy.address())) {
            proxy.refuse(true);
            proxy.cut();
            it.untilRed(FIVE_SECONDS);
            proxy.refuse(false);
            it.untilGreen(FIVE_SECONDS);
            assertThat(Stages.await(count(it))).isEqualTo(1);
        }
    }

    @Test
    void readsAnewWhatTheServerKeeps() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            assertThat(it.link.keeping()).isEqualTo(new Keeping("7.0.15", "yes", "always", "noeviction"));
            assertThat(it.link.keeping().isNothingAcknowledgedLost()).isTrue();
            server.run("CONFIG", "SET", "appendfsync", "everysec");
            server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            server.run("CLIENT", "KILL", "TYPE", "normal");
            Waiting.until(
                    "it is read anew",
                    FIVE_SECONDS,
                    () -> it.link.keeping().appendfsync().equals("everysec"));
            assertThat(it.link.keeping().isNothingAcknowledgedLost()).isFalse();
            assertThat(it.link.keeping().warning()).contains("everysec").contains("allkeys-lru");
        }
    }

    @Test
    void aFullServerIsUnavailableAndSaysWhy() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("CONFIG", "SET", "maxmemory", "1");
            assertThatThrownBy(() -> Stages.await(it.link.call(to -> to.set("k", bytes("v")))))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("OOM")
                    .hasMessageContaining("maxmemory");
            assertThatThrownBy(() -> Stages.await(count(it)))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("OOM");
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).contains("takes no writes").contains("raise maxmemory");
            server.run("CONFIG", "SET", "maxmemory", "0");
            it.untilGreen(FIVE_SECONDS);
            assertThat(server.text("DBSIZE")).isEqualTo("0");
        }
    }

    @Test
    void aServerThatLacksReplicasToWriteToIsUnavailable() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("CONFIG", "SET", "min-replicas-to-write", "1");
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).contains("NOREPLICAS");
        }
    }

    @Test
    void aUserWhoseRightsAreTakenAwayIsTold() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("ACL", "SETUSER", "default", "-@write");
            it.untilRed(FIVE_SECONDS);
            assertThat(it.link.health().message()).contains("NOPERM").contains("setrange");
            server.run("ACL", "SETUSER", "default", "+@write");
            it.untilGreen(FIVE_SECONDS);
        }
    }
}
