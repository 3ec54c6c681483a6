package dev.runstream.app;

import dev.runstream.bullmq.BullmqQueues;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.RunSpec;
import dev.runstream.server.api.AgentDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The agents of this process, and the queues that are followed as agents of their own. */
final class QueueAgents implements AgentDirectory {
    private final AgentDirectory agents;
    private final BullmqQueues queues;
    private final List<Entry> entries;

    QueueAgents(AgentDirectory agents, BullmqQueues queues) {
        this.agents = agents;
        this.queues = queues;
        List<Entry> all = new ArrayList<>(agents.entries());
        queues.agents()
                .forEach(name -> all.add(new Entry(
                        name, "A job of the BullMQ queue " + name.substring(RunSpec.QUEUE.length()) + ".", 1)));
        entries = List.copyOf(all);
    }

    @Override
    public List<Entry> entries() {
        return entries;
    }

    @Override
    public void check(String agent, JsonBytes input) throws InvalidInputException {
        if (queues.agents().contains(agent)) {
            queues.check(input);
        } else {
            agents.check(agent, input);
        }
    }

    @Override
    public String runId(String agent, JsonBytes input, Optional<String> asked, String fresh) {
        return queues.agents().contains(agent)
                ? queues.runId(agent, input, asked, fresh)
                : agents.runId(agent, input, asked, fresh);
    }

    @Override
    public void created(String runId) {
        agents.created(runId);
    }
}
