package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that are put into the queue from here, and run by real workers. */
@Tag("slow")
class StartedJobsTest extends JobsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void runsOnceAndRetriesAsItsOptionsSay(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            version(version).work(queue);
            String input =
                    "{'name':'flaky','data':{'a':1},'opts':{'attempts':2,'backoff':{'type':'exponential','delay':40}}}";
            CreateResult started = gateway.start(queue, input, Optional.empty(), "fresh1");
            assertThat(started).isInstanceOf(CreateResult.Created.class);
            try (LogReader reader = gateway.reader(queue + ":fresh1")) {
                assertThat(told(reader.readToEnd())).isEqualTo(OF_TWO_ATTEMPTS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void putsAJobOfOneNameInOnce(int version) {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String input = "{'name':'plain','data':7,'opts':{'jobId':'seven','removeOnComplete':true}}";
            assertThat(gateway.start(queue, input, Optional.empty(), "x1")).isInstanceOf(CreateResult.Created.class);
            assertThat(gateway.start(queue, input, Optional.empty(), "x2")).isInstanceOf(CreateResult.Existing.class);
            version(version).work(queue);
            gateway.awaitState(queue + ":seven", RunState.COMPLETED);
            assertThat(gateway.start(queue, input, Optional.empty(), "x3")).isInstanceOf(CreateResult.Existing.class);
            String other = "{'name':'plain','data':8,'opts':{'jobId':'seven'}}";
            assertThat(gateway.start(queue, other, Optional.empty(), "x4"))
                    .isEqualTo(new CreateResult.Conflict(queue + ":seven", false));
            version(version).add(queue, "plain", "9", "{'jobId':'theirs'}");
            String ours = "{'name':'plain','data':9,'opts':{'jobId':'theirs'}}";
            assertThat(gateway.start(queue, ours, Optional.empty(), "x5"))
                    .isEqualTo(new CreateResult.Conflict(queue + ":theirs", false));
            gateway.awaitState(queue + ":theirs", RunState.COMPLETED);
            assertThat(version(version).tell("ranIn", "'queue':'" + queue + "'"))
                    .isEqualTo("[\"plain seven\",\"plain theirs\"]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void waitsInAPausedQueueUntilItIsResumed(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            jobs.work(queue);
            jobs.tell("pause", "'queue':'" + queue + "'");
            String theirs = jobs.add(queue, "plain", "0");
            gateway.start(queue, "{'name':'plain','data':1}", Optional.of(queue + ":first"), "");
            gateway.start(queue, "{'name':'plain','data':2,'opts':{'priority':2}}", Optional.of(queue + ":third"), "");
            gateway.start(queue, "{'name':'plain','data':3,'opts':{'lifo':true}}", Optional.of(queue + ":zero"), "");
            assertThat(jobs.tell("counts", "'queue':'" + queue + "'")).isEqualTo("4");
            assertThat(redis.text("EXISTS", "bull:" + queue + ":marker")).isEqualTo("0");
            assertThat(gateway.state(queue + ":first")).isEqualTo(RunState.QUEUED);
            jobs.tell("resume", "'queue':'" + queue + "'");
            gateway.awaitState(queue + ":third", RunState.COMPLETED);
            assertThat(jobs.tell("ranIn", "'queue':'" + queue + "'"))
                    .isEqualTo("[\"plain zero\",\"plain " + theirs + "\",\"plain first\",\"plain third\"]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void givesALateReaderTheResultOfAJobThatIsGone(int version) {
        String queue = freshQueue();
        NodeJobs jobs = version(version);
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            jobs.work(queue);
            gateway.start(
                    queue,
                    "{'name':'plain','data':{'kept':true},'opts':{'removeOnComplete':true,'delay':100}}",
                    Optional.of(queue + ":late"),
                    "");
            gateway.awaitState(queue + ":late", RunState.COMPLETED);
            assertThat(jobs.tell("state", "'queue':'" + queue + "','jobId':'late'"))
                    .isEqualTo("\"gone\"");
            try (LogReader reader = gateway.reader(queue + ":late")) {
                assertThat(told(reader.readToEnd())).endsWith("complete {\"kept\":true}");
            }
            assertThat(jobs.tell("ranIn", "'queue':'" + queue + "'")).isEqualTo("[\"plain late\"]");
        }
    }

    /** What the own script writes is what BullMQ's own clients write. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | {'attempts':3}",
                "5 | {'delay':60000}",
                "5 | {'priority':5}",
                "6 | {'attempts':3}",
                "6 | {'delay':60000}",
                "6 | {'priority':5}"
            })
    void leavesTheKeysAsBullmqDoes(int version, String opts) {
        String ours = freshQueue();
        String theirs = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), ours, theirs)) {
            version(version).tell("open", "'queue':'" + ours + "'");
            gateway.start(ours, "{'name':'plain','data':{'x':[1]},'opts':" + opts + "}", Optional.of(ours + ":j1"), "");
            version(version).add(theirs, "plain", "{'x':[1]}", opts.replace("}", ",'jobId':'j1'}"));
            Waiting.until("both are there", PATIENCE, () -> gateway.state(theirs + ":j1") == RunState.QUEUED);
            for (String field : new String[] {"name", "data", "delay", "priority"}) {
                assertThat(redis.text("HGET", "bull:" + ours + ":j1", field))
                        .as(field)
                        .isEqualTo(redis.text("HGET", "bull:" + theirs + ":j1", field));
            }
            for (String key : new String[] {"wait", "paused", "delayed", "prioritized", "marker"}) {
                assertThat(redis.text("TYPE", "bull:" + ours + ":" + key))
                        .as(key)
                        .isEqualTo(redis.text("TYPE", "bull:" + theirs + ":" + key));
            }
            assertThat(redis.text("XLEN", "bull:" + ours + ":events"))
                    .isEqualTo(redis.text("XLEN", "bull:" + theirs + ":events"));
        }
    }

    @Test
    void putsNoJobOverOneThatIsThere() {
        String queue = freshQueue();
        JobRef job = new JobRef(queue, "theirs");
        JobRequest request = JobRequest.parse(Json.json("{'name':'plain','data':2}"));
        version(6).add(queue, "plain", "1", "{'jobId':'theirs'}");
        SystemTimers timers = new SystemTimers("jobs");
        try (RedisLink link = RedisLink.open(RedisAddress.parse(redis.address()), LinkSettings.DEFAULT, timers)) {
            Jobs jobs = new Jobs(link, "bull");
            assertThat(Stages.await(jobs.enqueue(job, request, 7))).isEqualTo(Jobs.Enqueued.EXISTS);
            assertThat(redis.text("HGET", "bull:" + queue + ":theirs", "data")).isEqualTo("1");
            JobRef ours = new JobRef(queue, "ours");
            assertThat(Stages.await(jobs.enqueue(ours, request, 7))).isEqualTo(Jobs.Enqueued.ADDED);
            assertThat(Stages.await(jobs.remove(ours))).isEqualTo(Jobs.Removal.REMOVED);
            assertThat(Stages.await(jobs.enqueue(ours, request, 7))).isEqualTo(Jobs.Enqueued.AGAIN);
            assertThat(Stages.await(jobs.enqueue(ours, request, 8))).isEqualTo(Jobs.Enqueued.ADDED);
        } finally {
            timers.close();
        }
    }

    @Test
    void refusesNamesThatBelongToOthers() {
        String queue = freshQueue();
        try (Gateway gateway = Gateway.open(redis.address(), queue)) {
            String plain = "{'name':'plain'}";
            assertThatThrownBy(() -> gateway.start(queue, plain, Optional.of("elsewhere:1"), ""))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("runId: has to begin with " + queue + ":");
            assertThatThrownBy(() -> gateway.start(queue, plain, Optional.of(queue + ":12"), ""))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("may not be a whole number");
            String named = "{'name':'plain','opts':{'jobId':'a'}}";
            assertThatThrownBy(() -> gateway.start(queue, named, Optional.of(queue + ":b"), ""))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("after opts.jobId");
        }
    }
}
