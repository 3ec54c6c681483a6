package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cancel does to a job, wherever it is, and that it never goes on after one. */
@Tag("slow")
class CancelledJobsTest extends JobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static long tokenSeconds(String run) {
        return Long.parseLong(redis.text("TTL", "ai:run:" + run + ":cancel"));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void takesJobsOutOfTheQueueThatNoWorkerHas(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            List<String> ids = List.of(
                    jobs.add(queue, "plain", "'waits'"),
                    jobs.add(queue, "plain", "'is delayed'", "{'delay':300}"),
                    jobs.add(queue, "plain", "'is prioritized'", "{'priority':3}"));
            for (String id : ids) {
                String run = queue + ":" + id;
                assertThat(gateway.cancel(run)).isEqualTo(RunState.CANCELLED);
                assertThat(gateway.cancel(run)).isEqualTo(RunState.CANCELLED);
                assertThat(tokenSeconds(run)).isBetween(1L, 300L);
                assertThat(jobs.tell("state", "'queue':'" + queue + "','jobId':'" + id + "'"))
                        .isEqualTo("\"gone\"");
            }
            jobs.work(queue);
            String after = jobs.add(queue, "plain", "'after them'", "{'delay':400}");
            gateway.awaitState(queue + ":" + after, RunState.COMPLETED);
            assertThat(jobs.tell("ranIn", "'queue':'" + queue + "'")).isEqualTo("[\"plain " + after + "\"]");
            try (LogReader reader = gateway.reader(queue + ":" + ids.getFirst())) {
                assertThat(told(reader.readToEnd()))
                        .containsExactly(
                                "status queued",
                                "status cancelling",
                                "error {\"message\":\"cancelled before it began\",\"code\":\"cancelled\","
                                        + "\"retriable\":false}");
            }
        }
    }

    /** What the queue tells of the second job may not be copied yet, and the name still be that of the ended run. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void cancelsAJobThatHasTheNameOfAnEndedRun(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            long epoch = 0;
            for (int life = 1; life <= 20; life++) {
                jobs.add(queue, "plain", "{}", "{'jobId':'daily','delay':600000}");
                assertThat(gateway.cancel(queue + ":daily")).as("life %d", life).isEqualTo(RunState.CANCELLED);
                assertThat(jobs.tell("state", "'queue':'" + queue + "','jobId':'daily'"))
                        .as("life %d", life)
                        .isEqualTo("\"gone\"");
                long ofThisLife =
                        gateway.find(queue + ":daily").orElseThrow().record().epoch();
                assertThat(ofThisLife).isGreaterThan(epoch);
                epoch = ofThisLife;
            }
        }
    }

    @Test
    void takesAJobOfAPausedQueueOut() {
        for (int version : new int[] {5, 6}) {
            String queue = freshQueue();
            try (Gateway gateway = Gateway.open(redis.address(), queue)) {
                version(version).tell("pause", "'queue':'" + queue + "'");
                String id = version(version).add(queue, "plain", "{}");
                assertThat(gateway.cancel(queue + ":" + id)).isEqualTo(RunState.CANCELLED);
                assertThat(redis.text("LLEN", "bull:" + queue + ":paused")).isEqualTo("0");
                assertThat(redis.text("LLEN", "bull:" + queue + ":wait")).isEqualTo("0");
            }
        }
    }

    /** The worker checks the token when it begins and is told by push, as the package for workers does. */
    @ParameterizedTest
    @CsvSource({"5,false,0", "5,true,0", "5,true,50", "6,false,0", "6,true,0", "6,true,50"})
    void endsAnActiveJobForGood(int version, boolean throwsPlainError, int backoff) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            jobs.work(queue);
            jobs.tell("listen", "");
            String id = jobs.add(
                    queue, "held", "{'plain':" + throwsPlainError + "}", "{'attempts':3,'backoff':" + backoff + "}");
            String run = queue + ":" + id;
            try (LogReader reader = gateway.reader(run)) {
                reader.readUntilSeq(3);
                // The worker may be faster than the answer.
                assertThat(gateway.cancel(run)).isIn(RunState.CANCELLING, RunState.CANCELLED);
                List<String> told = told(reader.readToEnd());
                assertThat(told.subList(0, 5))
                        .containsExactly(
                                "status queued",
                                "status running 1",
                                "delta {\"holding\":true}",
                                "status cancelling",
                                "delta {\"stopped\":true}");
                assertThat(told.subList(5, told.size()))
                        .singleElement()
                        .asString()
                        .startsWith("error ")
                        .contains("\"code\":\"cancelled\"");
            }
            assertThat(gateway.state(run)).isEqualTo(RunState.CANCELLED);
            String after = jobs.add(queue, "plain", "{}", "{'delay':200}");
            gateway.awaitState(queue + ":" + after, RunState.COMPLETED);
            assertThat(jobs.tell("heldIn", "'queue':'" + queue + "'")).isEqualTo("[\"" + id + " 0\"]");
        }
    }

    /** The mark decides, and what was made is kept. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void neverTellsOfSuccessAfterACancel(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            jobs.work(queue);
            String id = jobs.add(queue, "deaf", "{}");
            String run = queue + ":" + id;
            try (LogReader reader = gateway.reader(run)) {
                reader.readUntilSeq(3);
                gateway.cancel(run);
                redis.run("DEL", "ai:run:" + run + ":cancel");
                jobs.tell("release", "'queue':'" + queue + "','jobId':'" + id + "'");
                assertThat(told(reader.readToEnd()))
                        .endsWith(
                                "status cancelling",
                                "partial \"did not hear\"",
                                "error {\"message\":\"cancelled; the result had been made by then\","
                                        + "\"code\":\"cancelled\",\"retriable\":false}");
            }
        }
    }

    /** The grace is over, the run has ended, and then the job comes back to its queue. */
    @Test
    void takesAJobOutThatComesBackAfterItsRunHasEnded() {
        String queue = freshQueue();
        NodeJobs jobs = version(6);
        RunSettings d = RunSettings.defaults();
        RunSettings settings = new RunSettings(
                d.maxEventBytes(),
                d.runBufferBytes(),
                d.maxOpenRuns(),
                d.lease(),
                Duration.ofMillis(100),
                d.disconnectGrace(),
                d.maxRunTime(),
                d.retainEnded());
        try (Gateway gateway = Gateway.openWith(settings, "bull", redis.address(), queue)) {
            jobs.work(queue);
            String id = jobs.add(queue, "stubborn", "{}", "{'attempts':2,'backoff':300}");
            String run = queue + ":" + id;
            gateway.awaitState(run, RunState.RUNNING);
            gateway.cancel(run);
            gateway.awaitState(run, RunState.CANCELLED);
            jobs.tell("release", "'queue':'" + queue + "','jobId':'" + id + "'");
            Waiting.until(
                    "the job is gone",
                    PATIENCE,
                    () -> jobs.tell("state", "'queue':'" + queue + "','jobId':'" + id + "'")
                            .equals("\"gone\""));
            assertThat(jobs.tell("ranIn", "'queue':'" + queue + "'")).isEqualTo("[\"stubborn " + id + "\"]");
        }
    }

    /** Nobody asks for the cancel by name: it is due, and the store brings it about. */
    @Test
    void takesAJobOutWhoseLastReaderHasLeft() {
        String queue = freshQueue();
        RunSettings d = RunSettings.defaults();
        RunSettings settings = new RunSettings(
                d.maxEventBytes(),
                d.runBufferBytes(),
                d.maxOpenRuns(),
                d.lease(),
                d.cancelGrace(),
                Duration.ofMillis(100),
                d.maxRunTime(),
                d.retainEnded());
        try (Gateway gateway = Gateway.openWith(settings, "bull", redis.address(), queue)) {
            gateway.startWatched(queue, "{'name':'plain','opts':{'delay':600000}}", "left");
            try (FollowedRun reader =
                    Stages.await(gateway.store().follow(queue + ":left")).orElseThrow()) {
                reader.readerCame();
                reader.readerLeft();
            }
            gateway.awaitState(queue + ":left", RunState.CANCELLED);
            assertThat(version(6).tell("state", "'queue':'" + queue + "','jobId':'left'"))
                    .isEqualTo("\"gone\"");
        }
    }

    @Test
    void takesNothingOfAFlowOutSinceItsParentWouldWaitForEver() {
        String queue = freshQueue();
        NodeJobs jobs = version(6);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String child = jobs.tell("flow", "'queue':'" + queue + "'").replace("\"", "");
            assertThat(gateway.cancel(queue + ":" + child)).isEqualTo(RunState.CANCELLING);
            assertThat(jobs.tell("state", "'queue':'" + queue + "','jobId':'" + child + "'"))
                    .isEqualTo("\"waiting\"");
        }
    }
}
