package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisSentinels;
import dev.runstream.store.redis.testing.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of runs while Redis is away, and when it has forgotten something. */
@Timeout(90)
@Tag("slow")
final class OutageTest {
    private static final long FIVE_SECONDS = TimeUnit.SECONDS.toNanos(5);

    /** A producer that numbers its events and sends each again until it is taken. */
    private static final class Producer implements Runnable {
        private final StoreUnderTest gateway;
        private final String runId;
        private final int events;
        private volatile int sent;

        Producer(StoreUnderTest gateway, String runId, int events) {
            this.gateway = gateway;
            this.runId = runId;
            this.events = events;
        }

        @Override
        public void run() {
            for (int i = 0; i < events; i++) {
                send(i, StoreUnderTest.delta(i));
                sent = i + 1;
            }
            send(events, StoreUnderTest.complete());
        }

        private void send(int number, EventDraft event) {
            while (true) {
                try {
                    AppendResult result = gateway.append(runId, "p", number, event);
                    assertThat(result).isInstanceOf(AppendResult.Appended.class);
                    return;
                } catch (StoreUnavailableException away) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void awaitHealth(StoreUnderTest gateway, boolean ready) {
        long begin = System.nanoTime();
        Stages.eventually("ready is " + ready, () -> gateway.store.health().ready() == ready);
        assertThat(System.nanoTime() - begin).isLessThan(FIVE_SECONDS);
    }

    private static void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    private static void assertEachOnce(List<SeenEvent> events, int deltas) {
        assertThat(events).hasSize(deltas + 2);
        for (int i = 0; i < deltas; i++) {
            assertThat(events.get(i + 1).data()).isEqualTo("{\"n\":" + i + "}");
        }
    }

    @Test
    @Tag("slow")
    void losesNothingWhenRedisIsKilledAndComesBackAfterTenSeconds() throws Exception {
        try (RedisServer redis = RedisServer.start("appendonly", "yes", "appendfsync", "always");
                StoreUnderTest gateway = StoreUnderTest.at(redis.address());
                StoreUnderTest other = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("r");
            Producer producer = new Producer(gateway, "r", 4_000);
            try (LogReader reader = other.reader("r", 0)) {
                CompletableFuture<Void> produced = CompletableFuture.runAsync(producer, Thread.ofVirtual()::start);
                Stages.eventually("some are sent", () -> producer.sent > 500);
                redis.kill();
                awaitHealth(gateway, false);
                awaitHealth(other, false);
                int atKill = producer.sent;
                pause(Duration.ofSeconds(10));
                assertThat(producer.sent).isEqualTo(atKill);
                redis.startAgain();
                awaitHealth(gateway, true);
                awaitHealth(other, true);
                assertEachOnce(reader.readToEnd(), 4_000);
                assertThat(reader.gaps()).isEmpty();
                produced.orTimeout(10, TimeUnit.SECONDS).join();
            }
        }
    }

    @Test
    @Tag("slow")
    void losesNothingWhileRedisSleeps() throws Exception {
        try (RedisServer redis = RedisServer.start();
                StoreUnderTest gateway = StoreUnderTest.at(redis.address());
                StoreUnderTest other = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("r");
            Producer producer = new Producer(gateway, "r", 4_000);
            try (LogReader reader = other.reader("r", 0)) {
                CompletableFuture<Void> produced = CompletableFuture.runAsync(producer, Thread.ofVirtual()::start);
                Stages.eventually("some are sent", () -> producer.sent > 500);
                redis.sleep(Duration.ofSeconds(8));
                awaitHealth(gateway, false);
                pause(Duration.ofSeconds(4));
                awaitHealth(gateway, true);
                assertEachOnce(reader.readToEnd(), 4_000);
                assertThat(reader.gaps()).isEmpty();
                produced.orTimeout(10, TimeUnit.SECONDS).join();
            }
        }
    }

    @Test
    void failsClearlyWhenRedisStaysAway() {
        try (RedisServer redis = RedisServer.start();
                StoreUnderTest gateway = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("r");
            redis.freeze();
            long begin = System.nanoTime();
            try {
                gateway.append("r", StoreUnderTest.delta(1));
                throw new AssertionError("it was stored");
            } catch (StoreUnavailableException away) {
                assertThat(away.getMessage()).contains("Redis");
            }
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(15));
            redis.thaw();
        }
    }

    @Test
    void showsALossAsAResetAndUsesNoIdTwice() {
        try (RedisServer redis = RedisServer.start("appendonly", "no");
                StoreUnderTest gateway = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("r");
            for (int i = 0; i < 10; i++) {
                gateway.append("r", "p", i, StoreUnderTest.delta(i));
            }
            redis.run("SAVE");
            for (int i = 10; i < 20; i++) {
                gateway.append("r", "p", i, StoreUnderTest.delta(i));
            }
            Map<String, String> shown = new HashMap<>();
            LogReader reader = gateway.reader("r", 0);
            reader.drain().forEach(event -> shown.put(event.id().toString(), event.data()));
            assertThat(shown).hasSize(21);
            redis.kill();
            redis.startAgain();

            Stages.eventually(
                    "the reader is told to begin again", () -> reader.followed().isReset());
            reader.close();
            AppendResult after = gateway.append("r", "p", 20, StoreUnderTest.delta(20));
            assertThat(after).isInstanceOf(AppendResult.Appended.class);
            try (LogReader again = gateway.reader("r", 0)) {
                List<SeenEvent> left = again.drain();
                assertThat(left).hasSize(12);
                left.forEach(
                        event -> assertThat(shown).doesNotContainKey(event.id().toString()));
                assertThat(again.followed().log().epoch())
                        .isGreaterThan(reader.followed().log().epoch());
            }
        }
    }

    @Test
    void shutsOutTheWorkerOfAnAttemptWhoseBeginIsForgotten() {
        try (RedisServer redis = RedisServer.start("appendonly", "no");
                StoreUnderTest worker = StoreUnderTest.at(redis.address());
                StoreUnderTest other = StoreUnderTest.at(redis.address())) {
            worker.start("r", "agent", 2);
            redis.run("SAVE");
            assertThat(Stages.await(worker.store.beginAttempt("r"))
                            .orElseThrow()
                            .attempt())
                    .isEqualTo(1);
            assertThat(worker.append("r", 1, 0, StoreUnderTest.delta(0))).isInstanceOf(AppendResult.Appended.class);
            redis.kill();
            redis.startAgain();
            awaitHealth(other, true);

            RunRecord again = Stages.await(other.store.beginAttempt("r")).orElseThrow();
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(worker.append("r", 1, 1, StoreUnderTest.delta(1)))
                    .isInstanceOfSatisfying(
                            AppendResult.Refused.class,
                            refused ->
                                    assertThat(refused.refusal()).isEqualTo(new AppendResult.Refusal.StaleProducer(2)));
            assertThat(other.append("r", 2, 0, StoreUnderTest.complete())).isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    @Tag("slow")
    void beginsARunWhenRedisIsBackHoweverLongItWasAway() throws Exception {
        try (RedisServer redis = RedisServer.start();
                StoreUnderTest worker = StoreUnderTest.at(redis.address())) {
            worker.start("r", "agent", 1);
            redis.freeze();
            CompletableFuture<Optional<RunRecord>> begun =
                    worker.store.beginAttempt("r").toCompletableFuture();
            pause(Duration.ofSeconds(7));
            assertThat(begun).isNotDone();
            redis.thaw();
            assertThat(begun.orTimeout(10, TimeUnit.SECONDS).join()).isPresent();
            assertThat(worker.append("r", 1, 0, StoreUnderTest.complete())).isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void tellsReadersOfARunThatIsGoneAltogether() {
        try (RedisServer redis = RedisServer.start();
                StoreUnderTest gateway = StoreUnderTest.at(redis.address())) {
            gateway.startExternal("r");
            FollowedRun followed = gateway.follow("r").orElseThrow();
            redis.run("FLUSHALL");
            Stages.eventually("the reader is told", followed::isReset);
            followed.close();
            assertThat(gateway.follow("r")).isEqualTo(Optional.empty());
            assertThat(gateway.append("r", StoreUnderTest.delta(1))).isInstanceOf(AppendResult.UnknownRun.class);
        }
    }

    @Test
    @Tag("slow")
    void usesNoIdTwiceWhenAReplicaTakesOver() {
        try (RedisSentinels sentinels = RedisSentinels.start();
                StoreUnderTest gateway = StoreUnderTest.at(sentinels.address());
                StoreUnderTest other = StoreUnderTest.at(sentinels.address())) {
            gateway.startExternal("r");
            Map<String, String> shown = new HashMap<>();
            Producer producer = new Producer(gateway, "r", 5_000);
            CompletableFuture<Void> produced = CompletableFuture.runAsync(producer, Thread.ofVirtual()::start);
            LogReader reader = other.reader("r", 0);
            Stages.eventually("some are sent", () -> producer.sent > 500);
            RedisServer next = sentinels.replica();
            sentinels.master().kill();
            sentinels.awaitMaster(next);
            boolean ended = false;
            while (!ended) {
                for (SeenEvent event : reader.drain()) {
                    String before = shown.putIfAbsent(event.id().toString(), event.data());
                    assertThat(before == null || before.equals(event.data())).isTrue();
                    ended |= event.type().isTerminal();
                }
                if (reader.followed().isReset()) {
                    reader.close();
                    reader = other.reader("r", 0);
                }
            }
            reader.close();
            produced.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    /** What was acknowledged was on the replica before, which has nobody to wait for until the other one is back. */
    @Test
    @Tag("slow")
    void losesNothingAcknowledgedWhenAReplicaTakesOverThatWasWaitedFor() {
        try (RedisSentinels sentinels = RedisSentinels.start("appendonly", "yes");
                StoreUnderTest gateway = StoreUnderTest.at(sentinels.address() + "?wait=1");
                StoreUnderTest other = StoreUnderTest.at(sentinels.address() + "?wait=1")) {
            gateway.startExternal("r");
            Producer producer = new Producer(gateway, "r", 2_000);
            CompletableFuture<Void> produced = CompletableFuture.runAsync(producer, Thread.ofVirtual()::start);
            try (LogReader reader = other.reader("r", 0)) {
                Stages.eventually("some are sent", () -> producer.sent > 500);
                RedisServer killed = sentinels.master();
                RedisServer next = sentinels.replica();
                killed.kill();
                sentinels.awaitMaster(next);
                killed.startAgain();
                assertEachOnce(reader.readToEnd(), 2_000);
                assertThat(reader.followed().isReset()).isFalse();
            }
            produced.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
