package dev.runstream.core.execution;

import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;

/** What an {@link AgentRunner} works with; whoever made these closes them, after the runner has been drained. */
public record RunnerPorts(
        RunStore store, JsonCodec codec, ComputePool pool, InstantSource clock, Timers timers, RunObserver observer) {}
