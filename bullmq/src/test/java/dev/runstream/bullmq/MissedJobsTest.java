package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made up for of jobs that did something while nobody read their queue, or that no entry tells of. */
@Tag("slow")
class MissedJobsTest extends JobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void goesOnWhereItStoppedAfterNobodyWasThere(int version) {
        String queue = freshQueue();
        String run = beginAndLeave(queue, version);
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
        String run = beginAndLeave(queue, version);
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

    /** What comes of it is the same whether the entries are still there or were trimmed. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void findsJobsThatAreOlderThanItsReading(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        String done = jobs.add(queue, "plain", "{'x':1}");
        jobs.work(queue);
        awaitState(jobs, queue, done, "completed");
        String held = jobs.add(queue, "deaf", "{}");
        awaitState(jobs, queue, held, "active");
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
        awaitState(jobs, queue, finished, "completed");
        redis.run("XTRIM", "bull:" + queue + ":events", "MAXLEN", "0");
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            gateway.awaitState(queue + ":" + finished, RunState.COMPLETED);
            gateway.awaitState(drained, RunState.CANCELLED);
            try (LogReader reader = gateway.reader(queue + ":" + finished)) {
                assertThat(told(reader.readToEnd())).endsWith("complete \"did not hear\"");
            }
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
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        CompletableFuture<Void> never = new CompletableFuture<>();
        try (Gateway gateway = Gateway.openAround(runs -> new LateRuns(runs, done, never), redis.address(), queue)) {
            version(6).work(queue);
            String id = version(6).add(queue, "deltas", "{'count':20}");
            gateway.awaitState(queue + ":" + id, RunState.COMPLETED);
        }
    }

    /** Its ids are lower, as after a clock was set back. */
    @Test
    void readsAStreamThatWasMadeAnewFromItsBeginning() {
        String queue = freshQueue();
        redis.run("HSET", "ai:bullmq:positions", "bull:" + queue, "99999999999999-0");
        version(6).work(queue);
        String run = queue + ":" + version(6).add(queue, "deltas", "{'count':20}");
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            gateway.awaitState(run, RunState.COMPLETED);
            try (LogReader reader = gateway.reader(run)) {
                assertThat(told(reader.readToEnd()).subList(2, 22)).isEqualTo(deltas(1, 20));
            }
        }
        assertThat(redis.text("HGET", "ai:bullmq:positions", "bull:" + queue)).isLessThan("99999999999999-0");
    }

    /** So that nobody gives up, or takes the name, while a queue is far behind. */
    @Test
    void saysOfNoJobThatItIsNotThereWhileItIsBehind() {
        String queue = freshQueue();
        CompletableFuture<Void> notYet = new CompletableFuture<>();
        try (Gateway gateway = Gateway.openAround(runs -> new LateRuns(runs, notYet, notYet), redis.address(), queue)) {
            version(6).add(queue, "plain", "{}", "{'jobId':'theirs'}");
            String run = queue + ":theirs";
            assertThatThrownBy(() -> gateway.find(run)).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> gateway.cancel(run)).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> gateway.start(queue, "{'name':'plain'}", Optional.of(run), ""))
                    .isInstanceOf(StoreUnavailableException.class);
            notYet.complete(null);
            gateway.awaitState(run, RunState.QUEUED);
        }
    }

    /** Has a job send 300 deltas, of which the first are copied and the others sent while nobody is there. */
    private static String beginAndLeave(String queue, int version) {
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
        return run;
    }

    private static void awaitState(NodeJobs jobs, String queue, String jobId, String state) {
        Waiting.until(
                "job " + jobId + " is " + state,
                PATIENCE,
                () -> jobs.tell("state", "'queue':'" + queue + "','jobId':'" + jobId + "'")
                        .equals("\"" + state + "\""));
    }

    /** Runs that wait with what is copied, and with which of them are open, until a test lets them go on. */
    private record LateRuns(CopiedRuns runs, CompletableFuture<Void> copying, CompletableFuture<Void> telling)
            implements CopiedRuns {
        @Override
        public CompletionStage<Optional<Copied>> copy(String runId, List<SourceEntry> entries) {
            return copying.thenCompose(goOn -> runs.copy(runId, entries));
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
            return telling.thenCompose(goOn -> runs.open(namesBegin));
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
}
