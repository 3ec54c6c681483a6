package dev.runstream.app;

import dev.runstream.app.config.WorkConfiguration;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.execution.AgentRegistry;
import dev.runstream.core.execution.AgentRunner;
import dev.runstream.core.execution.ComputePool;
import dev.runstream.core.execution.RunnerGauges;
import dev.runstream.core.execution.RunnerPorts;
import dev.runstream.core.execution.RunnerSettings;
import dev.runstream.core.execution.SharedQueue;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.core.time.Timers;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Runs in this process, whether it is a server or a worker: their store and the agents that work on them, put together.
 *
 * <p>Who made it stops it in this order: {@link RunStore#drain}, {@link #drainAgents}, and then it closes what was opened.
 */
final class LocalRuns {
    private final OpenStore store;
    private final Timers timers;
    private final AgentRunner runner;
    private final LocalAgents agents;
    private final Set<String> taken;
    private final Duration timeToDrain;

    private LocalRuns(
            OpenStore store,
            Timers timers,
            AgentRunner runner,
            LocalAgents agents,
            Set<String> taken,
            Duration timeToDrain) {
        this.store = store;
        this.timers = timers;
        this.runner = runner;
        this.agents = agents;
        this.taken = taken;
        this.timeToDrain = timeToDrain;
    }

    /**
     * Opens the store and loads the agents. No run begins before {@link #start}, unless one is offered.
     *
     * @param closing gets whatever was opened, also where this fails
     */
    static LocalRuns open(
            WorkConfiguration configuration,
            RunObserver observer,
            InstantSource clock,
            RandomGenerator random,
            Closing closing) {
        Carriers.provideFor(configuration.agents().maxRunning());
        SystemTimers timers = closing.add(new SystemTimers("runstream-timers"));
        MemoryBudget budget =
                new MemoryBudget(new NettySlabs(PooledByteBufAllocator.DEFAULT), configuration.totalBufferBytes());
        OpenStore opened = OpenStore.open(configuration, budget, clock, timers, observer);
        RunStore store = closing.add(opened.store());
        JsonCodec codec = new JacksonCodec();
        AgentRegistry registry = closing.add(BuiltInAgents.load(configuration.agents(), clock, timers, random));
        ComputePool pool =
                closing.add(new ComputePool(Runtime.getRuntime().availableProcessors(), new ComputeThreads()));
        Set<String> taken = new TreeSet<>(registry.all().keySet());
        taken.removeAll(BuiltInAgents.useless(configuration.agents()));
        AgentRunner runner = new AgentRunner(
                new RunnerSettings(
                        configuration.agents().maxRunning(),
                        configuration.runs().maxEventBytes()),
                registry,
                new RunnerPorts(
                        store,
                        opened.queue().map(queue -> new SharedQueue(queue, taken)),
                        codec,
                        pool,
                        clock,
                        timers,
                        observer));
        LocalAgents agents = new LocalAgents(registry, runner, codec);
        return new LocalRuns(opened, timers, runner, agents, taken, configuration.drain());
    }

    RunStore store() {
        return store.store();
    }

    /** The runs that are copies of jobs, where the store can have some. */
    Optional<CopiedRuns> copied() {
        return store.copied();
    }

    Timers timers() {
        return timers;
    }

    /** As the HTTP side knows them. */
    LocalAgents agents() {
        return agents;
    }

    /** The agents whose runs are taken from a queue that is shared, in the order of their names. */
    Set<String> taken() {
        return taken;
    }

    RunnerGauges gauges() {
        return runner.gauges();
    }

    Duration timeToDrain() {
        return timeToDrain;
    }

    /** Takes up what waits. Blocks until the store has been asked. */
    void start() {
        runner.start();
    }

    /** Lets agents end. Blocks until they have, or their time is over. */
    void drainAgents() {
        runner.drain(timeToDrain);
    }
}
