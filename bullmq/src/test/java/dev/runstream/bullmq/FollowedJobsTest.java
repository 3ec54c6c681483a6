package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.store.redis.testing.RedisServer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of real workers as runs: what is told of them, in which order, how often, and how they end. */
class FollowedJobsTest {
    private static RedisServer redis;
    private static NodeJobs five;
    private static NodeJobs six;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
        five = NodeJobs.start(5, redis.port());
        six = NodeJobs.start(6, redis.port());
    }

    @AfterAll
    static void stop() {
        five.close();
        six.close();
        redis.close();
    }

    private static NodeJobs version(int version) {
        return version == 5 ? five : six;
    }

    private static List<String> told(List<SeenEvent> events) {
        return events.stream().map(FollowedJobsTest::told).toList();
    }

    private static String told(SeenEvent event) {
        return event.type() == EventType.STATUS
                ? "status " + event.member("state") + event.member("attempt") + event.member("message")
                : event.type().wireName() + " " + event.data();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void copiesEachDeltaInOrderAndThenTheReturnValue(int version) {
        String queue = "deltas-" + version;
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String id = version(version).add(queue, "deltas", "{'count':200}");
            try (LogReader reader = gateway.reader(queue + ":" + id)) {
                List<SeenEvent> events = reader.readToEnd();
                assertThat(told(events).subList(0, 2))
                        .containsExactly("status \"queued\"", "status \"running\"1");
                assertThat(told(events).subList(2, 202))
                        .isEqualTo(IntStream.rangeClosed(1, 200)
                                .mapToObj(n -> "delta {\"n\":" + n + "}")
                                .toList());
                assertThat(told(events).subList(202, 203)).containsExactly("complete {\"sent\":200}");
            }
            assertThat(gateway.state(queue + ":" + id)).isEqualTo(RunState.COMPLETED);
        }
    }
}
