package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.SlabAllocator;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.MemoryRunStore;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunQueue;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A real store in memory and a runner with some agents, for tests; waits for events and never for time. */
public final class AgentsAtWork implements AutoCloseable {
    public static final int MAX_EVENT_BYTES = 4096;
    private static final long PATIENCE_SECONDS = 20;

    public final RunStore store;
    public final AgentRunner runner;
    private final ComputePool pool = new ComputePool(2);
    private final InstantSource clock;
    private int created;

    public <T extends Timers & InstantSource> AgentsAtWork(T time, Agent... agents) {
        this(time, time, 4, RunObserver.NONE, store -> store, agents);
    }

    public AgentsAtWork(
            InstantSource clock,
            Timers timers,
            int maxRunning,
            RunObserver observer,
            UnaryOperator<RunStore> around,
            Agent... agents) {
        this.clock = clock;
        RunSettings limits = RunSettings.defaults();
        RunSettings settings = new RunSettings(
                MAX_EVENT_BYTES,
                limits.runBufferBytes(),
                limits.maxOpenRuns(),
                limits.lease(),
                limits.cancelGrace(),
                limits.disconnectGrace(),
                limits.maxRunTime(),
                limits.retainEnded());
        store = around.apply(MemoryRunStore.open(
                settings, new MemoryBudget(SlabAllocator.heap(), 64 << 20), clock, timers, observer));
        runner = runner(clock, timers, maxRunning, observer, agents);
    }

    /** Another runner over the same store, as after a restart. */
    public AgentRunner runner(
            InstantSource clock, Timers timers, int maxRunning, RunObserver observer, Agent... agents) {
        return runner(clock, timers, maxRunning, observer, Optional.empty(), agents);
    }

    /** A runner of another process that shares the store and a queue. */
    public AgentRunner runner(InstantSource clock, Timers timers, int maxRunning, RunQueue queue, Agent... agents) {
        return runner(clock, timers, maxRunning, RunObserver.NONE, Optional.of(queue), agents);
    }

    private AgentRunner runner(
            InstantSource clock,
            Timers timers,
            int maxRunning,
            RunObserver observer,
            Optional<RunQueue> queue,
            Agent... agents) {
        AgentRegistry registry = AgentRegistry.load(List.of(agents), Optional.empty());
        return new AgentRunner(
                new RunnerSettings(maxRunning, MAX_EVENT_BYTES),
                registry,
                new RunnerPorts(
                        store,
                        queue.map(
                                shared -> new SharedQueue(shared, registry.all().keySet())),
                        new JacksonCodec(),
                        pool,
                        clock,
                        timers,
                        observer));
    }

    /** Creates a run and lets it get in line; its id. */
    public String start(String agent, String input) {
        String runId = create(agent, 1, input);
        runner.offer(runId);
        return runId;
    }

    public String create(String agent, int attempts, String input) {
        return create(agent, attempts, Duration.ZERO, input);
    }

    public String create(String agent, int attempts, Duration timeout, String input) {
        byte[] json = input.getBytes(StandardCharsets.UTF_8);
        String runId = "run-" + ++created;
        RunSpec spec = new RunSpec(
                runId, agent, attempts, false, timeout.toMillis(), 0, "", runId, json.length, clock.millis());
        CreateResult result =
                await(store.create(new NewRun(spec, JsonBytes.trusted(json))).toCompletableFuture());
        if (!(result instanceof CreateResult.Created)) {
            throw new AssertionError(result);
        }
        return runId;
    }

    public RunRecord record(String runId) {
        return await(store.find(runId).toCompletableFuture()).orElseThrow().record();
    }

    /** Waits until the run's record is as wanted. */
    public RunRecord awaitRecord(String runId, Predicate<RunRecord> wanted) {
        return await(runId, followed -> wanted.test(followed.record()), FollowedRun::record);
    }

    /** Waits for the end, until its event too is visible, and gives all events, each as {@code type data}. */
    public List<String> eventsOf(String runId) {
        return await(runId, AgentsAtWork::showsItsEnd, followed -> read(followed.log()));
    }

    private static boolean showsItsEnd(FollowedRun followed) {
        RunRecord record = followed.record();
        return record.isEnded() && followed.log().lastSeq() == record.lastSeq();
    }

    /** Waits until an event is there that contains a text. */
    public void awaitEvent(String runId, String text) {
        await(
                runId,
                followed -> read(followed.log()).stream().anyMatch(event -> event.contains(text)),
                FollowedRun::record);
    }

    /** All events so far. */
    public List<String> eventsSoFar(String runId) {
        return await(runId, followed -> true, followed -> read(followed.log()));
    }

    /** The last event, once it has come. */
    public String endOf(String runId) {
        return eventsOf(runId).getLast();
    }

    private <T> T await(String runId, Predicate<FollowedRun> wanted, Function<FollowedRun, T> then) {
        try (FollowedRun followed =
                await(store.follow(runId).toCompletableFuture()).orElseThrow()) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            FollowedRun.Listening listening = followed.onChange(() -> {
                if (wanted.test(followed)) {
                    reached.complete(null);
                }
            });
            if (!wanted.test(followed)) {
                try {
                    await(reached);
                } catch (AssertionError late) {
                    throw new AssertionError(followed.record() + " " + read(followed.log()), late);
                }
            }
            listening.stop();
            return then.apply(followed);
        }
    }

    /** Waits, but not for ever. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception fault) {
            throw new AssertionError(fault);
        }
    }

    /** Takes permits, but does not wait for ever. */
    public static void take(Semaphore semaphore, int permits) {
        try {
            if (!semaphore.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }

    private static List<String> read(EventLog log) {
        StringBuilder frames = new StringBuilder();
        long[] position = {0};
        while (log.read(position[0], 1 << 20, (slab, offset, length) -> {
                    byte[] bytes = new byte[length];
                    slab.read(offset, bytes, 0, length);
                    frames.append(new String(bytes, StandardCharsets.UTF_8));
                })
                instanceof LogRead.Slice slice) {
            position[0] = slice.lastSeq();
        }
        List<String> events = new ArrayList<>();
        for (String frame : frames.toString().split("\n\n", -1)) {
            if (!frame.isEmpty()) {
                events.add(frame.replaceFirst("(?s)^id: [^\n]*\nevent: ([a-z]+)\ndata: ", "$1 "));
            }
        }
        return events;
    }

    @Override
    public void close() {
        pool.close();
        store.close();
    }
}
