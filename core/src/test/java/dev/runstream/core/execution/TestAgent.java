package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.RunContext;

/** An agent given as a lambda. */
public record TestAgent(String name, Work work) implements Agent {
    /** What it does. */
    public interface Work {
        void run(RunContext context) throws Exception;
    }

    public static TestAgent named(String name, Work work) {
        return new TestAgent(name, work);
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public void run(RunContext context) throws Exception {
        work.run(context);
    }
}
