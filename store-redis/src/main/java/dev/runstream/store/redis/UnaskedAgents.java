package dev.runstream.store.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, once for each agent and again after it was well, where runs wait and no process asks for them: there is none that
 * has the agent, or each that has it is full. Safe for any thread.
 */
final class UnaskedAgents {
    private static final Logger LOG = LoggerFactory.getLogger(UnaskedAgents.class);
    private static final Duration TOO_LONG = Duration.ofMinutes(1);

    // immutable
    private final AgentQueues queues;

    // shared
    private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();

    UnaskedAgents(AgentQueues queues) {
        this.queues = queues;
    }

    /** @param waiting how many runs of each agent have waited for long */
    void look(Map<String, Integer> waiting) {
        warnedOf.retainAll(waiting.keySet());
        new TreeMap<>(waiting)
                .forEach((agent, runs) -> queues.unasked(agent).whenComplete((unasked, fault) -> {
                    if (fault != null) {
                        LOG.debug("who takes runs of {} could not be seen", agent, fault);
                    } else if (unasked.compareTo(TOO_LONG) < 0) {
                        warnedOf.remove(agent);
                    } else if (warnedOf.add(agent)) {
                        LOG.warn(
                                "{} runs wait for the agent \"{}\", and no process has asked for them for a minute: start a worker"
                                        + " that has this agent and room for them, or cancel them",
                                runs,
                                agent);
                    }
                }));
    }
}
