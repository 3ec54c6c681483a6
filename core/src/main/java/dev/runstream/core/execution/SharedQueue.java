package dev.runstream.core.execution;

import dev.runstream.core.run.RunQueue;
import java.util.Set;

/**
 * A queue that this process shares with others.
 *
 * @param agents those whose runs it takes; the others are for processes that can do more for them
 */
public record SharedQueue(RunQueue queue, Set<String> agents) {
    public SharedQueue {
        agents = Set.copyOf(agents);
    }
}
