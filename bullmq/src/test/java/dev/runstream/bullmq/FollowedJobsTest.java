package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of real workers as runs: what is told of them, in which order, how often, and how they end. */
@Tag("slow")
class FollowedJobsTest extends JobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void copiesEachDeltaInOrderAndThenTheReturnValue(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String run = queue + ":" + version(version).add(queue, "deltas", "{'count':200}");
            try (LogReader reader = gateway.reader(run)) {
                List<String> told = told(reader.readToEnd());
                assertThat(told.subList(0, 2)).containsExactly("status queued", "status running 1");
                assertThat(told.subList(2, 202)).isEqualTo(deltas(1, 200));
                assertThat(told.subList(202, told.size())).containsExactly("complete {\"sent\":200}");
            }
            assertThat(gateway.state(run)).isEqualTo(RunState.COMPLETED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void givesAReaderThatComesBackExactlyWhatCameAfterItsPosition(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String run = queue + ":" + version(version).add(queue, "deltas", "{'count':200,'pause':1}");
            try (LogReader reader = gateway.reader(run)) {
                reader.readUntilSeq(102);
            }
            try (LogReader back = gateway.reader(run, 102)) {
                List<String> told = told(back.readToEnd());
                assertThat(told.subList(0, 100)).isEqualTo(deltas(101, 200));
                assertThat(told.subList(100, told.size())).containsExactly("complete {\"sent\":200}");
            }
        }
    }

    /** Each would copy all of it if it were alone. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void copiesEachEntryOnceWhereTwoGatewaysReadTheQueue(int version) {
        String queue = freshQueue();
        try (Gateway one = Gateway.open(redis.address(), queue);
                Gateway other = Gateway.open(redis.address(), queue)) {
            version(version).work(queue, "{'concurrency':3}");
            List<String> runs = List.of(
                    queue + ":" + version(version).add(queue, "deltas", "{'count':200}"),
                    queue + ":" + version(version).add(queue, "deltas", "{'count':200}"),
                    queue + ":" + version(version).add(queue, "deltas", "{'count':200}"));
            for (String run : runs) {
                try (LogReader reader = one.reader(run);
                        LogReader there = other.reader(run)) {
                    List<SeenEvent> events = reader.readToEnd();
                    assertThat(told(events)).hasSize(203);
                    assertThat(told(events).subList(2, 202)).isEqualTo(deltas(1, 200));
                    assertThat(there.readToEnd()).isEqualTo(events);
                }
            }
            long written = Long.parseLong(redis.text("XLEN", "bull:" + queue + ":events"));
            Waiting.until(
                    "both have read all",
                    PATIENCE,
                    () -> one.queues().copiedEntries() == written
                            && other.queues().copiedEntries() == written);
        }
    }

    /** The queue keeps no more than about 10,000 entries, of all its jobs together. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void keepsARunInFullWhenANoisyJobTrimsTheStream(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String run = queue + ":" + version(version).add(queue, "deltas", "{'count':50}");
            String noisy = queue + ":" + version(version).add(queue, "noisy", "{'count':15000}");
            try (LogReader reader = gateway.reader(noisy)) {
                // Where this machine is busy, the job may be faster by more than the stream holds.
                assertThat(told(reader.readToEnd())).endsWith("delta {\"progress\":14999}", "complete null");
            }
            assertThat(Long.parseLong(redis.text("XLEN", "bull:" + queue + ":events")))
                    .isLessThan(12_000);
            try (LogReader reader = gateway.reader(run)) {
                List<String> told = told(reader.readToEnd());
                assertThat(told.subList(2, 52)).isEqualTo(deltas(1, 50));
                assertThat(told).hasSize(53).endsWith("complete {\"sent\":50}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void marksTheSecondAttemptAndEndsOnce(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String id =
                    version(version).add(queue, "flaky", "{}", "{'attempts':2,'backoff':{'type':'fixed','delay':50}}");
            try (LogReader reader = gateway.reader(queue + ":" + id)) {
                assertThat(told(reader.readToEnd())).isEqualTo(OF_TWO_ATTEMPTS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void failsAtOnceWhereTheWorkerSaysSo(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String id = version(version).add(queue, "hopeless", "{}", "{'attempts':5}");
            try (LogReader reader = gateway.reader(queue + ":" + id)) {
                assertThat(told(reader.readToEnd()))
                        .containsExactly(
                                "status queued",
                                "status running 1",
                                "error {\"message\":\"never again\",\"code\":\"failed\",\"retriable\":false}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void tellsOfAStallAndEndsAtTheSecond(int version) {
        String queue = freshQueue();
        String impatient = "{'lockDuration':600,'stalledInterval':300,'maxStalledCount':1}";
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String id = version(version).add(queue, "deaf", "{}");
            try (LogReader reader = gateway.reader(queue + ":" + id)) {
                try (NodeJobs dies = NodeJobs.start(version, redis.port())) {
                    dies.work(queue, impatient);
                    reader.readUntilSeq(3);
                }
                try (NodeJobs dies = NodeJobs.start(version, redis.port())) {
                    dies.work(queue, impatient);
                    List<String> told = told(reader.readUntilSeq(7));
                    assertThat(told)
                            .containsExactly(
                                    "status queued",
                                    "status running 1",
                                    "delta {\"holding\":true}",
                                    "status retrying",
                                    "status retrying  the job stalled: its worker has not been heard of in time",
                                    "status running 2",
                                    "delta {\"holding\":true}");
                }
                version(version).work(queue, impatient);
                assertThat(told(reader.readToEnd()).getLast())
                        .startsWith("error {\"message\":\"job stalled more than allowable limit\",\"code\":\"failed\"");
                assertThat(gateway.state(queue + ":" + id)).isEqualTo(RunState.FAILED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void takesBatchesApartAndMakesADeltaOfWhateverElseComes(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String id = version(version).add(queue, "batches", "{}");
            try (LogReader reader = gateway.reader(queue + ":" + id)) {
                assertThat(told(reader.readToEnd()))
                        .containsExactly(
                                "status queued",
                                "status running 1",
                                "status running  begun",
                                "delta 1",
                                "delta 2",
                                "partial [1,2]",
                                "delta {\"progress\":{\"type\":\"complete\",\"data\":\"not for a job to send\"}}",
                                "delta {\"progress\":42}",
                                "delta {\"progress\":{\"type\":\"status\",\"data\":{\"state\":\"running\"}}}",
                                "delta {\"progress\":\"\"}",
                                "complete \"made\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void beginsANewLogWhenAJobThatHadFailedIsSentBackByHand(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String id = version(version).add(queue, "failing", "{}");
            String run = queue + ":" + id;
            gateway.awaitState(run, RunState.FAILED);
            long epoch = gateway.find(run).orElseThrow().record().epoch();
            version(version).tell("release", "'queue':'" + queue + "','jobId':'" + id + "'");
            version(version).tell("retry", "'queue':'" + queue + "','jobId':'" + id + "'");
            gateway.awaitState(run, RunState.COMPLETED);
            try (LogReader reader = gateway.reader(run)) {
                assertThat(told(reader.readToEnd()))
                        .containsExactly("status queued", "status running 1", "complete \"at last\"");
                assertThat(reader.events().getFirst().id().epoch()).isGreaterThan(epoch);
            }
        }
    }

    /** However soon after the second job was added: the end of the first one would be the wrong answer. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void givesWhoeverReadsAJobOfAKnownNameThatJob(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            for (int life = 1; life <= 20; life++) {
                version(version).add(queue, "plain", "" + life, "{'jobId':'daily','removeOnComplete':true}");
                try (LogReader reader = gateway.reader(queue + ":daily")) {
                    assertThat(told(reader.readToEnd())).endsWith("complete " + life);
                }
            }
        }
    }

    @Test
    void beginsANewLogWhenTheNameOfAJobIsGivenAgain() {
        String queue = freshQueue();
        String options = "{'jobId':'daily','removeOnComplete':true}";
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(6).work(queue);
            version(6).add(queue, "plain", "'first'", options);
            gateway.awaitState(queue + ":daily", RunState.COMPLETED);
            long epoch = gateway.find(queue + ":daily").orElseThrow().record().epoch();
            version(6).add(queue, "plain", "'second'", options);
            Waiting.until("the second life is over", PATIENCE, () -> {
                RunRecord run = gateway.find(queue + ":daily").orElseThrow().record();
                return run.epoch() > epoch && run.isEnded();
            });
            try (LogReader reader = gateway.reader(queue + ":daily")) {
                assertThat(told(reader.readToEnd()))
                        .containsExactly("status queued", "status running 1", "complete \"second\"");
            }
        }
    }

    @Test
    void knowsAJobByItsIdAloneWhereOneQueueIsFollowed() {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String id = version(6).add(queue, "plain", "{}");
            assertThat(gateway.find(id).orElseThrow().record().runId()).isEqualTo(queue + ":" + id);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void takesNoOtherKeyOfAQueueForAJob(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            jobs.work(queue);
            String id = jobs.add(queue, "deaf", "{}");
            gateway.awaitState(queue + ":" + id, RunState.RUNNING);
            for (String key : List.of("meta", "events", "id", "active", "stalled-check", id + ":lock")) {
                assertThat(redis.text("EXISTS", "bull:" + queue + ":" + key))
                        .as(key)
                        .isEqualTo("1");
                assertThat(gateway.find(queue + ":" + key)).as(key).isEmpty();
                assertThat(Stages.await(gateway.store().requestCancel(queue + ":" + key)))
                        .as(key)
                        .isEmpty();
            }
            jobs.tell("release", "'queue':'" + queue + "','jobId':'" + id + "'");
            gateway.awaitState(queue + ":" + id, RunState.COMPLETED);
        }
    }

    @Test
    void namesRunsOfOddJobIdsByTheirHash() {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(6).work(queue);
            version(6).add(queue, "plain", "'odd'", "{'jobId':'an odd/id'}");
            String run = JobNames.runId(new JobRef(queue, "an odd/id"));
            assertThat(run).matches(queue + ":~[A-Za-z0-9_-]{43}");
            Waiting.until("it is there", PATIENCE, () -> gateway.state(run) == RunState.COMPLETED);
            assertThat(gateway.find(run)
                            .flatMap(found -> new JobNames(new QueueSettings(List.of(queue), "bull", 1024))
                                    .jobOf(found.record())))
                    .contains(new JobRef(queue, "an odd/id"));
        }
    }
}
