package dev.runstream.app;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.execution.AgentRegistry;
import dev.runstream.core.execution.AgentRunner;
import dev.runstream.core.execution.JsonInput;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.RunSpec;
import dev.runstream.server.api.AgentDirectory;
import java.util.ArrayList;
import java.util.List;

/** The agents of this process, as the HTTP side knows them. */
final class LocalAgents implements AgentDirectory {
    private static final Entry EXTERNAL =
            new Entry(RunSpec.EXTERNAL, "A run whose events a worker elsewhere sends over HTTP.", 1);

    private final AgentRegistry registry;
    private final AgentRunner runner;
    private final JsonCodec codec;
    private final List<Entry> entries;

    LocalAgents(AgentRegistry registry, AgentRunner runner, JsonCodec codec) {
        this.registry = registry;
        this.runner = runner;
        this.codec = codec;
        List<Entry> all = new ArrayList<>();
        all.add(EXTERNAL);
        registry.all().forEach((name, agent) -> all.add(new Entry(name, agent.description(), agent.attempts())));
        entries = List.copyOf(all);
    }

    @Override
    public List<Entry> entries() {
        return entries;
    }

    @Override
    public void check(String name, JsonBytes input) throws InvalidInputException {
        Agent agent = registry.find(name).orElseThrow();
        agent.check(new JsonInput(input, codec));
    }

    @Override
    public void created(String runId) {
        runner.offer(runId);
    }
}
