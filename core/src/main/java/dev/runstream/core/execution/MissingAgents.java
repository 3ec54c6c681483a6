package dev.runstream.core.execution;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of runs whose agent is not in this process: in the log, and to who reads them. Safe for any thread. */
final class MissingAgents {
    private static final Logger LOG = LoggerFactory.getLogger(MissingAgents.class);

    private final AgentRegistry agents;
    private final RunStore store;
    private final int maxEventBytes;

    MissingAgents(AgentRegistry agents, RunStore store, int maxEventBytes) {
        this.agents = agents;
        this.store = store;
        this.maxEventBytes = maxEventBytes;
    }

    /** Warns of each agent that some of these runs wait for in vain. */
    void warnOf(List<RunRecord> unfinished) {
        Map<String, Integer> waiting = new TreeMap<>();
        for (RunRecord run : unfinished) {
            if (agents.find(run.spec().agent()).isEmpty()) {
                waiting.merge(run.spec().agent(), 1, Integer::sum);
            }
        }
        waiting.forEach((agent, runs) -> LOG.warn(
                "{} unfinished runs wait for the agent \"{}\", which is not here: put its jar back and start again,"
                        + " or cancel them",
                runs,
                agent));
    }

    /** Has a waiting run say so in a {@code status}. */
    void tell(RunRecord run) {
        String message =
                "the run waits: this server has no agent \"" + run.spec().agent() + "\"";
        JsonBytes data = JsonObjectView.of(JsonBytes.trusted(new byte[] {'{', '}'}))
                .with("message", JsonBytes.ofString(message))
                .json();
        EventDraft status = EventDraft.of(EventType.STATUS, data, maxEventBytes);
        store.append(run.runId(), new AppendBatch(Optional.empty(), List.of(status)))
                .whenComplete((result, fault) -> LOG.debug("run {}: {}", run.runId(), message, fault));
    }
}
