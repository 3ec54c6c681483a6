package dev.runstream.core.execution;

import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What an {@link AgentRunner} works with; whoever made these closes them, after the runner has been drained.
 *
 * @param queue where runs wait whose store has several processes; empty where this process has the store to itself
 */
public record RunnerPorts(
        RunStore store,
        Optional<SharedQueue> queue,
        JsonCodec codec,
        ComputePool pool,
        InstantSource clock,
        Timers timers,
        RunObserver observer) {}
