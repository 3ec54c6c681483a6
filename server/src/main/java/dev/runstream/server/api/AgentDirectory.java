package dev.runstream.server.api;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import java.util.List;
import java.util.Optional;

/** What the server has to know of the agents that runs are started of; safe for any thread. */
public interface AgentDirectory {
    /** The agents, by name, {@code external} among them. */
    List<Entry> entries();

    /**
     * Has an agent look at an input before there is a run. May block.
     *
     * @throws InvalidInputException if it refuses
     */
    void check(String agent, JsonBytes input) throws InvalidInputException;

    /**
     * The name that a run is to have, where the input was accepted. May block.
     *
     * @param asked the name that was asked for, if any
     * @param fresh one that nobody has
     * @throws InvalidInputException if a run of this agent cannot have the name that was asked for
     */
    default String runId(String agent, JsonBytes input, Optional<String> asked, String fresh) {
        return asked.orElse(fresh);
    }

    /** A run of an agent of ours was created and waits to be worked on. Does not block. */
    void created(String runId);

    /**
     * An agent, as it is told of outside.
     *
     * @param attempts how often a run of it may be tried by default
     */
    record Entry(String name, String description, int attempts) {}
}
