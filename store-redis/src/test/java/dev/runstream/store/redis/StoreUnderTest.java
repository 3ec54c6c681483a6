package dev.runstream.store.redis;

import dev.runstream.core.log.EventType;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.RedisAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One process's store on a real Redis, by real time. */
final class StoreUnderTest implements AutoCloseable {
    static final int MAX_EVENT_BYTES = 256 * 1024;
    static final RunSettings SETTINGS = RunSettings.defaults();

    private final SystemTimers timers = new SystemTimers("store-under-test");
    private final CheckedSlabs slabs = new CheckedSlabs();
    private final MemoryBudget budget = new MemoryBudget(slabs, 64L * 1024 * 1024);
    final RedisRunStore store;

    private StoreUnderTest(String address, RunSettings settings) {
        try {
            store = RedisRunStore.open(
                    RedisAddress.parse(address), settings, budget, timers, RunObserver.NONE, Telling.DIRECT);
        } catch (RuntimeException fault) {
            timers.close();
            throw fault;
        }
    }

    static StoreUnderTest at(String address) {
        return new StoreUnderTest(address, SETTINGS);
    }

    static StoreUnderTest at(String address, RunSettings settings) {
        return new StoreUnderTest(address, settings);
    }

    void startExternal(String runId) {
        start(runId, RunSpec.EXTERNAL, 1);
    }

    void start(String runId, String agent, int attempts) {
        long lease = agent.equals(RunSpec.EXTERNAL) ? Duration.ofMinutes(10).toMillis() : 0;
        RunSpec spec = new RunSpec(runId, agent, attempts, false, 0, lease, "", "same", 2, System.currentTimeMillis());
        CreateResult created = Stages.await(store.create(new NewRun(spec, Json.json("{}"))));
        if (!(created instanceof CreateResult.Created)) {
            throw new AssertionError(created);
        }
    }

    static EventDraft delta(int number) {
        return EventDraft.of(EventType.DELTA, Json.json("{'n':" + number + "}"), MAX_EVENT_BYTES);
    }

    static EventDraft complete() {
        return EventDraft.of(EventType.COMPLETE, Json.json("'done'"), MAX_EVENT_BYTES);
    }

    AppendResult append(String runId, EventDraft... drafts) {
        return Stages.await(store.append(runId, new AppendBatch(Optional.empty(), List.of(drafts))));
    }

    AppendResult append(String runId, String producer, long seq, EventDraft... drafts) {
        return Stages.await(
                store.append(runId, new AppendBatch(Optional.of(new Producer(producer, 0, seq)), List.of(drafts))));
    }

    /** What the worker of an attempt sends. */
    AppendResult append(String runId, int attempt, long seq, EventDraft... drafts) {
        Producer worker = new Producer(Producer.AGENT, attempt, seq);
        return Stages.await(store.append(runId, new AppendBatch(Optional.of(worker), List.of(drafts))));
    }

    Optional<FollowedRun> follow(String runId) {
        return Stages.await(store.follow(runId));
    }

    LogReader reader(String runId, long afterSeq) {
        return new LogReader(follow(runId).orElseThrow(), afterSeq, 16 * 1024);
    }

    @Override
    public void close() {
        store.close();
        budget.sweep();
        timers.close();
        slabs.verifyAllReturned();
    }
}
