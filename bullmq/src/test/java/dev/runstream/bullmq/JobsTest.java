package dev.runstream.bullmq;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.log.EventType;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.store.redis.testing.RedisServer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A Redis, and a process of Node for each version of BullMQ, shared by the tests of a class; each has a queue of its own. */
abstract class JobsTest {
    /** What a job {@code flaky} tells, which fails at first. */
    static final List<String> OF_TWO_ATTEMPTS = List.of(
            "status queued",
            "status running 1",
            "delta {\"attempt\":1}",
            "status retrying",
            "status running 2",
            "delta {\"attempt\":2}",
            "complete \"second\"");

    private static final AtomicInteger QUEUES = new AtomicInteger();

    static RedisServer redis;
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

    static NodeJobs version(int version) {
        return version == 5 ? five : six;
    }

    /** The name of a queue that nobody has used. */
    static String freshQueue() {
        return "queue-" + QUEUES.incrementAndGet();
    }

    /** Events as short lines: a status by its state, the attempt that it begins, and its message. */
    static List<String> told(List<SeenEvent> events) {
        return events.stream().map(JobsTest::told).toList();
    }

    private static String told(SeenEvent event) {
        return event.type() == EventType.STATUS
                ? ("status " + event.member("state") + " " + event.member("attempt") + " " + event.member("message"))
                        .replace("\"", "")
                        .stripTrailing()
                : event.type().wireName() + " " + event.data();
    }

    static List<String> deltas(int from, int to) {
        return java.util.stream.IntStream.rangeClosed(from, to)
                .mapToObj(n -> "delta {\"n\":" + n + "}")
                .toList();
    }
}
