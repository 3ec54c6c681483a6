package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes on one Redis. */
@Timeout(90)
@Tag("slow")
final class ManyGatewaysTest {
    private static RedisServer redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Test
    void givesReadersThatHopBetweenGatewaysEachEventOnceAndInOrder() {
        int readers = 500;
        int events = 5_000;
        try (StoreUnderTest a = StoreUnderTest.at(redis.address());
                StoreUnderTest b = StoreUnderTest.at(redis.address())) {
            a.startExternal("hopping");
            Map<Long, SeenEvent> bytes = new ConcurrentHashMap<>();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                Random random = new Random(i);
                all.add(CompletableFuture.runAsync(
                        () -> hop(random, a, b, events + 2, bytes), Thread.ofVirtual()::start));
            }
            for (int i = 0; i < events; i += 10) {
                StoreUnderTest gateway = i / 10 % 2 == 0 ? a : b;
                for (int j = 0; j < 10; j++) {
                    gateway.append("hopping", StoreUnderTest.delta(i + j));
                }
            }
            b.append("hopping", StoreUnderTest.complete());
            all.forEach(ManyGatewaysTest::await);
            assertThat(bytes).hasSize(events + 2);
        }
    }

    private static void await(CompletableFuture<Void> reader) {
        reader.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** The reader checks order and holes; each id has the same bytes on both gateways. */
    private static void hop(Random random, StoreUnderTest a, StoreUnderTest b, long last, Map<Long, SeenEvent> bytes) {
        long position = 0;
        while (position < last) {
            StoreUnderTest gateway = random.nextBoolean() ? a : b;
            try (LogReader reader = gateway.reader("hopping", position)) {
                assertThat(reader.followed().log().lastSeq()).isGreaterThanOrEqualTo(position);
                for (SeenEvent event : reader.readUntilSeq(Math.min(last, position + 1 + random.nextInt(500)))) {
                    SeenEvent before = bytes.putIfAbsent(event.seq(), event);
                    assertThat(before == null || before.equals(event)).isTrue();
                }
                assertThat(reader.gaps()).isEmpty();
                position = reader.position();
            }
        }
    }

    @Test
    void findsWithinSecondsWhatMessagesDidNotBring() throws Exception {
        try (TcpProxy proxy = TcpProxy.before(redis.port());
                StoreUnderTest worker = StoreUnderTest.at(redis.address());
                StoreUnderTest gateway = StoreUnderTest.at(proxy.address())) {
            worker.startExternal("silent");
            try (LogReader reader = gateway.reader("silent", 0)) {
                reader.drain();
                proxy.swallowMessages(true);
                for (int i = 0; i < 100; i++) {
                    worker.append("silent", StoreUnderTest.delta(i));
                }
                worker.append("silent", StoreUnderTest.complete());
                long begin = System.nanoTime();
                assertThat(reader.readToEnd()).hasSize(102);
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
                assertThat(reader.gaps()).isEmpty();
            }
        }
    }

    @Test
    void losesNothingWhenItsSubscriptionsAreKilled() {
        try (StoreUnderTest worker = StoreUnderTest.at(redis.address());
                StoreUnderTest gateway = StoreUnderTest.at(redis.address())) {
            worker.startExternal("killed");
            try (LogReader reader = gateway.reader("killed", 0)) {
                for (int i = 0; i < 1_000; i++) {
                    if (i % 100 == 50) {
                        redis.run("CLIENT", "KILL", "TYPE", "pubsub");
                    }
                    worker.append("killed", StoreUnderTest.delta(i));
                }
                worker.append("killed", StoreUnderTest.complete());
                assertThat(reader.readToEnd()).hasSize(1_002);
            }
        }
    }

    @Test
    void storesOneEventWhenTheAnswerIsSwallowedAndTheConnectionCut() throws Exception {
        try (TcpProxy proxy = TcpProxy.before(redis.port());
                StoreUnderTest gateway = StoreUnderTest.at(proxy.address());
                StoreUnderTest other = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("swallowed");
            gateway.append("swallowed", StoreUnderTest.delta(0));
            CompletableFuture<Void> swallowed = proxy.swallowAnswerTo("find-me");
            CompletableFuture<?> appended = CompletableFuture.supplyAsync(
                    () -> gateway.append(
                            "swallowed",
                            dev.runstream.core.run.EventDraft.of(
                                    dev.runstream.core.log.EventType.DELTA,
                                    dev.runstream.core.testing.Json.json("'find-me'"),
                                    1000)),
                    Thread.ofVirtual()::start);
            swallowed.orTimeout(10, TimeUnit.SECONDS).join();
            proxy.cut();
            assertThat(appended.orTimeout(10, TimeUnit.SECONDS).join())
                    .isInstanceOf(dev.runstream.core.run.AppendResult.Appended.class);
            try (LogReader reader = other.reader("swallowed", 0)) {
                assertThat(reader.drain()).hasSize(3);
            }
        }
    }

    @Test
    void cancelsOnOneGatewayWhatIsReadOnAnother() {
        try (StoreUnderTest a = StoreUnderTest.at(redis.address());
                StoreUnderTest b = StoreUnderTest.at(redis.address())) {
            a.startExternal("cancelled");
            try (LogReader reader = b.reader("cancelled", 0)) {
                reader.drain();
                assertThat(Stages.await(a.store.requestCancel("cancelled"))).contains(RunState.CANCELLING);
                assertThat(reader.readUntilSeq(2).getLast().member("state")).isEqualTo("\"cancelling\"");
                assertThat(Integer.parseInt(redis.text("TTL", "ai:run:cancelled:cancel")))
                        .isBetween(1, 300);
            }
        }
    }
}
