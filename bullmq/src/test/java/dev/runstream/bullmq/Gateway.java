package dev.runstream.bullmq;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.RedisRunStore;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.testing.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a server has of queues, without its HTTP: a store in a real Redis, and the queues that are followed. */
final class Gateway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SystemTimers timers = new SystemTimers("gateway");
    private final RedisRunStore runs;
    private final BullmqQueues queues;

    private Gateway(
            String address, RunSettings settings, String prefix, List<String> names, UnaryOperator<CopiedRuns> around) {
        MemoryBudget budget = new MemoryBudget(new CheckedSlabs(), 64L * 1024 * 1024);
        RedisAddress redis = RedisAddress.parse(address);
        runs = RedisRunStore.open(redis, settings, budget, timers, RunObserver.NONE, Telling.DIRECT);
        queues = BullmqQueues.open(
                new QueueSettings(names, prefix, settings.maxEventBytes()),
                redis,
                runs,
                around.apply(runs.copied()),
                InstantSource.system(),
                timers);
    }

    static Gateway open(String address, String... queues) {
        return new Gateway(address, RunSettings.defaults(), "bull", List.of(queues), UnaryOperator.identity());
    }

    /** @param around puts a fault around what it is given */
    static Gateway openAround(UnaryOperator<CopiedRuns> around, String address, String... queues) {
        return new Gateway(address, RunSettings.defaults(), "bull", List.of(queues), around);
    }

    static Gateway openWith(RunSettings settings, String prefix, String address, String... queues) {
        return new Gateway(address, settings, prefix, List.of(queues), UnaryOperator.identity());
    }

    RunStore store() {
        return queues.store();
    }

    BullmqQueues queues() {
        return queues;
    }

    Optional<Run> find(String runId) {
        return Stages.await(store().find(runId));
    }

    RunState state(String runId) {
        return find(runId).orElseThrow().record().state();
    }

    void awaitState(String runId, RunState state) {
        Waiting.until(runId + " is " + state, PATIENCE, () -> state(runId) == state);
    }

    LogReader reader(String runId, long afterSeq) {
        return new LogReader(Stages.await(store().follow(runId)).orElseThrow(), afterSeq, 16 * 1024);
    }

    LogReader reader(String runId) {
        return reader(runId, 0);
    }

    RunState cancel(String runId) {
        return Stages.await(store().requestCancel(runId)).orElseThrow();
    }

    /** Starts a job as a request would. */
    CreateResult start(String queue, String input, Optional<String> runId, String fresh) {
        String agent = JobNames.agent(queue);
        queues.check(Json.json(input));
        return create(agent, queues.runId(agent, Json.json(input), runId, fresh), input, false);
    }

    /** Starts a job that is cancelled when nobody reads it any more. */
    void startWatched(String queue, String input, String jobId) {
        create(JobNames.agent(queue), JobNames.runsBegin(queue) + jobId, input, true);
    }

    private CreateResult create(String agent, String name, String input, boolean cancelOnDisconnect) {
        RunSpec spec = new RunSpec(
                name, agent, 1, cancelOnDisconnect, 0, 0, "", input, input.length(), System.currentTimeMillis());
        return Stages.await(store().create(new NewRun(spec, Json.json(input))));
    }

    @Override
    public void close() {
        queues.close();
        runs.close();
        timers.close();
    }
}
