package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.LogReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What has to work of a queue however its Redis is set up. */
final class FollowedWork {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private FollowedWork() {}

    static void copiesStartsAndCancels(Gateway gateway, NodeJobs jobs, String queue) {
        jobs.work(queue);
        jobs.tell("listen", "");
        String run = queue + ":" + jobs.add(queue, "deltas", "{'count':200}");
        try (LogReader reader = gateway.reader(run)) {
            List<String> told = JobsTest.told(reader.readToEnd());
            assertThat(told.subList(2, 202)).isEqualTo(JobsTest.deltas(1, 200));
            assertThat(told.subList(202, told.size())).containsExactly("complete {\"sent\":200}");
        }
        String started = queue + ":started-" + NAMES.incrementAndGet();
        gateway.start(queue, "{'name':'plain','data':{'x':1}}", Optional.of(started), "");
        gateway.awaitState(started, RunState.COMPLETED);
        String held = queue + ":" + jobs.add(queue, "held", "{}", "{'attempts':3}");
        try (LogReader reader = gateway.reader(held)) {
            reader.readUntilSeq(3);
            gateway.cancel(held);
            assertThat(JobsTest.told(reader.readToEnd()).getLast()).contains("\"code\":\"cancelled\"");
        }
    }
}
