package dev.runstream.store.redis.link;

import static dev.runstream.store.redis.link.LinkUnderTest.bytes;
import static dev.runstream.store.redis.link.LinkUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.Waiting;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisLinkTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final RedisScript APPEND =
            RedisScript.of("append", "return redis.call('RPUSH', KEYS[1], ARGV[1], ARGV[2])");

    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void findsThatOneServerStandsAlone() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            assertThat(it.link.shape()).isEqualTo(RedisShape.STANDALONE);
            assertThat(it.link.health().ready()).isTrue();
        }
    }

    @Test
    void runsCommandsAndScripts() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("SCRIPT", "FLUSH");
            Stages.await(it.link.call(to -> to.set("key", bytes("välue"))));
            assertThat(text(Stages.await(it.link.call(to -> to.get("key"))))).isEqualTo("välue");
            for (long length = 2; length <= 4; length += 2) {
                Long now = Stages.await(
                        it.link.eval(APPEND, ScriptOutputType.INTEGER, new String[] {"list"}, bytes("a"), bytes("b")));
                assertThat(now).isEqualTo(length);
            }
            server.run("SCRIPT", "FLUSH");
            Long after = Stages.await(
                    it.link.eval(APPEND, ScriptOutputType.INTEGER, new String[] {"list"}, bytes("a"), bytes("b")));
            assertThat(after).isEqualTo(6);
        }
    }

    @Test
    void commandsRunInTheOrderOfTheCalls() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            List<CompletionStage<Long>> answers = new ArrayList<>();
            for (int i = 1; i <= 10_000; i++) {
                answers.add(it.link.call(to -> to.incr("counter")));
            }
            for (int i = 1; i <= 10_000; i++) {
                assertThat(Stages.await(answers.get(i - 1))).isEqualTo(i);
            }
        }
    }

    @Test
    void anErrorOfTheServerIsTheCallersMatter() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            server.run("SET", "text", "x");
            assertThatThrownBy(() -> Stages.await(it.link.call(to -> to.incr("text"))))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessageContaining("not an integer");
        }
    }

    @Test
    void aSubscriptionIsAcknowledgedAndItsMessagesCome() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            Stages.await(it.link.subscribe("news"));
            assertThat(server.run("PUBLISH", "news", "one")).isEqualTo(1L);
            Waiting.until("the message comes", SOON, () -> it.messages.contains("news=one"));
            it.link.unsubscribe("news");
            Waiting.until(
                    "nobody listens",
                    SOON,
                    () -> server.text("PUBSUB", "NUMSUB", "news").equals("news\n0"));
            server.run("PUBLISH", "news", "two");
            Stages.await(it.link.subscribe("other"));
            assertThat(it.messages).containsExactly("news=one");
            assertThat(it.backs()).isZero();
        }
    }

    @Test
    void manySubscriptionsAreAcknowledgedEach() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            List<CompletionStage<Void>> all = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                all.add(it.link.subscribe("many:" + i));
            }
            all.forEach(Stages::await);
            Long last = Stages.await(it.link.publish("many:1999", bytes("m")));
            assertThat(last).isEqualTo(1);
        }
    }

    @Test
    void hasOneConnectionForCommandsAndOneForMessages() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            for (int i = 0; i < 100; i++) {
                Stages.await(it.link.subscribe("counted:" + i));
                Stages.await(it.link.call(to -> to.incr("c")));
            }
            assertThat(server.clients("runstream-commands")).isEqualTo(1);
            assertThat(server.clients("runstream-pubsub")).isEqualTo(1);
        }
        Waiting.until(
                "the connections are gone",
                SOON,
                () -> server.clients("runstream-commands") == 0 && server.clients("runstream-pubsub") == 0);
    }

    @Test
    void knowsTheServersClock() {
        try (LinkUnderTest it = LinkUnderTest.to(server.address())) {
            long server = it.link.serverClockOffsetMillis().orElseThrow() + it.timers.nowMillis();
            assertThat(server).isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(100L));
        }
    }

    @Test
    void leavesNoThreadBehind() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        LinkUnderTest it = LinkUnderTest.to(server.address());
        Set<String> during = newThreads(before);
        it.close();
        Waiting.until("the threads are gone", SOON, () -> newThreads(before).isEmpty());
        assertThat(during.stream().filter(name -> name.startsWith("runstream-redis-")))
                .hasSize(3);
    }

    private static Set<String> newThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsAskedOfAClosedLinkFails() {
        LinkUnderTest it = LinkUnderTest.to(server.address());
        it.close();
        assertThatThrownBy(() -> Stages.await(it.link.call(to -> to.get("k"))))
                .isInstanceOf(RedisUnavailableException.class);
        assertThatThrownBy(() -> Stages.await(it.link.subscribe("c"))).isInstanceOf(RedisUnavailableException.class);
        assertThat(it.link.health().ready()).isFalse();
        it.link.unsubscribe("c");
        it.link.close();
    }
}
