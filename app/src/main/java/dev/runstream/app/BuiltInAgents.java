package dev.runstream.app;

import dev.runstream.agents.llm.LlmAgent;
import dev.runstream.agents.llm.LlmSettings;
import dev.runstream.app.config.AgentSettings;
import dev.runstream.core.agent.Agent;
import dev.runstream.core.execution.AgentRegistry;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The agents that a server has: those of its own class path, {@code llm} as it is configured, and those of its folder. */
final class BuiltInAgents {
    private BuiltInAgents() {}

    static AgentRegistry load(AgentSettings settings, InstantSource clock, Timers timers, RandomGenerator random) {
        List<Agent> builtIn = new ArrayList<>(AgentRegistry.onClassPath(BuiltInAgents.class.getClassLoader()));
        builtIn.add(new LlmAgent(settings.llm().map(BuiltInAgents::llm), clock, timers, random));
        return AgentRegistry.load(builtIn, settings.folder());
    }

    /** Names of agents that are there to say what they lack, and can do nothing. */
    static Set<String> useless(AgentSettings settings) {
        return settings.llm().isPresent() ? Set.of() : Set.of(LlmAgent.NAME);
    }

    static LlmSettings llm(dev.runstream.app.config.LlmSettings given) {
        return new LlmSettings(
                given.baseUrl(),
                given.model(),
                given.apiKey().map(dev.runstream.app.config.LlmSettings.ApiKey::value),
                given.silence());
    }
}
