package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.run.Copied;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.SourceEntry;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of real workers as runs: what is told of them, in which order, how often, and how they end. */
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

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void goesOnWhereItStoppedAfterNobodyWasThere(int version) {
        String queue = freshQueue();
        String run;
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            run = queue + ":" + version(version).add(queue, "deltas", "{'count':300,'pause':2}");
            try (LogReader reader = gateway.reader(run)) {
                reader.readUntilSeq(20);
            }
        }
        Waiting.until(
                "more was sent meanwhile",
                PATIENCE,
                () -> Long.parseLong(redis.text("XLEN", "bull:" + queue + ":events")) > 150);
        try (Gateway gateway = Gateway.open(redis.address(), queue);
                LogReader reader = gateway.reader(run)) {
            List<String> told = told(reader.readToEnd());
            assertThat(told.subList(2, 302)).isEqualTo(deltas(1, 300));
            assertThat(told).hasSize(303).endsWith("complete {\"sent\":300}");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void tellsWhereEventsWereTrimmedBeforeAnybodyReadThem(int version) {
        String queue = freshQueue();
        String run;
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            run = queue + ":" + version(version).add(queue, "deltas", "{'count':300,'pause':2}");
            try (LogReader reader = gateway.reader(run)) {
                reader.readUntilSeq(20);
            }
        }
        Waiting.until(
                "more was sent meanwhile",
                PATIENCE,
                () -> Long.parseLong(redis.text("XLEN", "bull:" + queue + ":events")) > 150);
        redis.run("XTRIM", "bull:" + queue + ":events", "MAXLEN", "10");
        try (Gateway gateway = Gateway.open(redis.address(), queue);
                Gateway other = Gateway.open(redis.address(), queue);
                LogReader reader = gateway.reader(run)) {
            List<String> told = told(reader.readToEnd());
            List<String> gaps = told.stream()
                    .filter(event -> event.contains("may be missing"))
                    .toList();
            assertThat(gaps).hasSize(1);
            int gap = told.indexOf(gaps.getFirst());
            assertThat(told.subList(2, gap)).isEqualTo(deltas(1, gap - 2));
            int left = told.size() - gap - 2;
            assertThat(told.subList(gap + 1, told.size() - 1)).isEqualTo(deltas(301 - left, 300));
            assertThat(told).endsWith("complete {\"sent\":300}");
            assertThat(other.state(run)).isEqualTo(RunState.COMPLETED);
        }
    }

    /** All that is fed twice changes nothing: the stream is read from its beginning again. */
    @Test
    void copiesNothingAgainWhenThePositionIsLost() {
        String queue = freshQueue();
        List<SeenEvent> before;
        String run;
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(6).work(queue);
            run = queue + ":" + version(6).add(queue, "flaky", "{}", "{'attempts':2}");
            try (LogReader reader = gateway.reader(run)) {
                before = List.copyOf(reader.readToEnd());
            }
        }
        redis.run("DEL", "ai:bullmq:positions");
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            long written = Long.parseLong(redis.text("XLEN", "bull:" + queue + ":events"));
            Waiting.until("all is read again", PATIENCE, () -> gateway.queues().copiedEntries() == written);
            try (LogReader reader = gateway.reader(run)) {
                assertThat(reader.readToEnd()).isEqualTo(before);
            }
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
                assertThat(told(reader.readToEnd()))
                        .containsExactly(
                                "status queued",
                                "status running 1",
                                "delta {\"attempt\":1}",
                                "status retrying",
                                "status running 2",
                                "delta {\"attempt\":2}",
                                "complete \"second\"");
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

    /** What comes of it is the same whether the entries are still there or were trimmed. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void findsJobsThatAreOlderThanItsReading(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        String done = jobs.add(queue, "plain", "{'x':1}");
        jobs.work(queue);
        Waiting.until(
                "the job is done",
                PATIENCE,
                () -> jobs.tell("state", "'queue':'" + queue + "','jobId':'" + done + "'")
                        .equals("\"completed\""));
        String held = jobs.add(queue, "deaf", "{}");
        Waiting.until(
                "the job is held",
                PATIENCE,
                () -> jobs.tell("state", "'queue':'" + queue + "','jobId':'" + held + "'")
                        .equals("\"active\""));
        String waiting = jobs.add(queue, "plain", "{}");
        redis.run("XTRIM", "bull:" + queue + ":events", "MAXLEN", "0");
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            try (LogReader reader = gateway.reader(queue + ":" + done)) {
                assertThat(told(reader.readToEnd())).containsExactly("status queued", "complete {\"x\":1}");
            }
            assertThat(gateway.state(queue + ":" + waiting)).isEqualTo(RunState.QUEUED);
            assertThat(gateway.state(queue + ":" + held)).isEqualTo(RunState.RUNNING);
            jobs.tell("release", "'queue':'" + queue + "','jobId':'" + held + "'");
            gateway.awaitState(queue + ":" + held, RunState.COMPLETED);
            gateway.awaitState(queue + ":" + waiting, RunState.COMPLETED);
            assertThat(gateway.find(queue + ":no-such-job")).isEmpty();
        }
    }

    /** Neither draining a queue nor removal on completion tells of single jobs. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void endsRunsWhoseJobsEndedUnseen(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        String drained;
        String finished;
        String removed;
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            drained = queue + ":" + jobs.add(queue, "plain", "{}", "{'delay':600000}");
            gateway.awaitState(drained, RunState.QUEUED);
            jobs.tell("drain", "'queue':'" + queue + "'");
            jobs.work(queue);
            finished = jobs.add(queue, "deaf", "{}");
            gateway.awaitState(queue + ":" + finished, RunState.RUNNING);
            removed = jobs.add(queue, "plain", "{}", "{'delay':600000}");
            gateway.awaitState(queue + ":" + removed, RunState.QUEUED);
            jobs.tell("remove", "'queue':'" + queue + "','jobId':'" + removed + "'");
            gateway.awaitState(queue + ":" + removed, RunState.CANCELLED);
        }
        jobs.tell("release", "'queue':'" + queue + "','jobId':'" + finished + "'");
        Waiting.until(
                "the job is done",
                PATIENCE,
                () -> jobs.tell("state", "'queue':'" + queue + "','jobId':'" + finished + "'")
                        .equals("\"completed\""));
        redis.run("XTRIM", "bull:" + queue + ":events", "MAXLEN", "0");
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            gateway.awaitState(queue + ":" + finished, RunState.COMPLETED);
            gateway.awaitState(drained, RunState.CANCELLED);
            try (LogReader reader = gateway.reader(queue + ":" + finished)) {
                assertThat(told(reader.readToEnd())).endsWith("complete \"did not hear\"");
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

    /** What waits is compared with its queue again and again, and its data does not change. */
    @Test
    void comparesJobsWithoutFetchingTheirData() {
        String queue = freshQueue();
        String data = "'" + "x".repeat(200_000) + "'";
        List<String> ids = IntStream.range(0, 20)
                .mapToObj(n -> version(6).add(queue, "plain", data))
                .toList();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            ids.forEach(id -> gateway.awaitState(queue + ":" + id, RunState.QUEUED));
        }
        long before = sentByRedis();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String last = version(6).add(queue, "plain", "{}");
            gateway.awaitState(queue + ":" + last, RunState.QUEUED);
            assertThat(sentByRedis() - before).isLessThan(2_000_000);
        }
    }

    /** With thousands of jobs that wait, a comparison takes seconds. */
    @Test
    void readsOnWhileJobsAreCompared() {
        String queue = freshQueue();
        CompletableFuture<List<RunRecord>> neverTold = new CompletableFuture<>();
        try (Gateway gateway = Gateway.openAround(runs -> new SlowToTell(runs, neverTold), redis.address(), queue)) {
            version(6).work(queue);
            String id = version(6).add(queue, "deltas", "{'count':20}");
            gateway.awaitState(queue + ":" + id, RunState.COMPLETED);
        }
    }

    /** Runs that are as they are, but that which of them are open is told late. */
    private record SlowToTell(CopiedRuns runs, CompletableFuture<List<RunRecord>> open) implements CopiedRuns {
        @Override
        public CompletionStage<Optional<Copied>> copy(String runId, List<SourceEntry> entries) {
            return runs.copy(runId, entries);
        }

        @Override
        public CompletionStage<Optional<RunState>> settle(String runId, Optional<SourceId> seen, SourceStep step) {
            return runs.settle(runId, seen, step);
        }

        @Override
        public CompletionStage<CreateResult> create(NewRun run, SourceId copiedTo) {
            return runs.create(run, copiedTo);
        }

        @Override
        public CompletionStage<Long> discard(String runId, SourceId newLife) {
            return runs.discard(runId, newLife);
        }

        @Override
        public CompletionStage<List<RunRecord>> open(String namesBegin) {
            return open;
        }
    }

    private static long sentByRedis() {
        return redis.text("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith("total_net_output_bytes:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .sum();
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
