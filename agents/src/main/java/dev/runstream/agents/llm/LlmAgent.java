package dev.runstream.agents.llm;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.AgentInput;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.time.Timers;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The agent {@code llm}: streams a chat completion from the one OpenAI-compatible endpoint that the server is configured
 * with. {@code docs/llm.md} has its input and its events.
 *
 * <p>Safe for any thread.
 */
public final class LlmAgent implements Agent {
    public static final String NAME = "llm";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Optional<LlmSettings> settings;
    private final InstantSource clock;
    private final Timers timers;
    private final RandomGenerator random;

    /** @param settings where empty, every input is refused with the flags that are missing */
    public LlmAgent(Optional<LlmSettings> settings, InstantSource clock, Timers timers, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.timers = timers;
        this.random = random;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "Streams a chat completion from the OpenAI-compatible endpoint this server is configured with"
                + (settings.isPresent() ? "" : " (not configured: set --llm-base-url)");
    }

    @Override
    public void check(AgentInput input) {
        check(input.json());
    }

    private LlmSettings check(String json) {
        LlmSettings endpoint = settings.orElseThrow(() -> new InvalidInputException(
                "",
                "this server has no model to ask: start it with --llm-base-url and --llm-model,"
                        + " and the key in the environment as RUNSTREAM_LLM_API_KEY"));
        List<InvalidInputException.FieldFault> faults = LlmInput.faults(json, endpoint.model());
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
        return endpoint;
    }

    @Override
    public void run(RunContext run) throws Exception {
        // A run may have waited for a restart with another configuration.
        LlmSettings endpoint = check(run.inputJson());
        new LlmRun(run, endpoint, Client.CLIENT, clock, timers, new RetryPlan(clock, random)).run();
    }

    /** Made with the first run: what TLS needs takes a fifth of a second to load, which not every start has to wait for. */
    private static final class Client {
        static final HttpClient CLIENT = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }
}
