package dev.runstream.agents.fund;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.AgentInput;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RunContext;

/**
 * The agent {@code fund-scenario}: lives a venture fund through many times and reports how its returns are distributed.
 *
 * <p>A {@code delta} is progress, a {@code partial} the distributions so far, {@code complete} the final ones; the model
 * and each field are told in docs/fund-scenario.md. The result is a function of the input and its seed alone, whatever
 * the machine's cores do. Safe for any thread.
 */
public final class FundScenarioAgent implements Agent {
    private final Pace pace;

    /** With as many batches at once as suit this machine. */
    public FundScenarioAgent() {
        this(Pace.ofThisMachine());
    }

    FundScenarioAgent(Pace pace) {
        this.pace = pace;
    }

    @Override
    public String name() {
        return "fund-scenario";
    }

    @Override
    public String description() {
        return "Monte Carlo of a venture fund: net and gross TVPI, DPI and IRR, with the J-curve by year";
    }

    /** More than once, since it does nothing outside its own process. */
    @Override
    public int attempts() {
        return 3;
    }

    @Override
    public void check(AgentInput input) throws InvalidInputException {
        FundInputReader.read(input.json());
    }

    @Override
    public void run(RunContext context) throws Exception {
        FundInput input = FundInputReader.read(context.inputJson());
        long seed = input.seed().orElseGet(() -> drawnFor(context.runId()));
        new FundSimulation(context, new FundPlan(input.withSeed(seed)), pace).run();
    }

    /** Drawn from the run's id, so that a second attempt comes to the same result. */
    private static long drawnFor(String runId) {
        long drawn = 0;
        for (int i = 0; i < runId.length(); i++) {
            drawn = PathRandom.mix(drawn + runId.charAt(i) + 1);
        }
        return drawn & FundInputReader.MAX_SEED;
    }
}
