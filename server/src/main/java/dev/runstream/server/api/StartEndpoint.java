package dev.runstream.server.api;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.BodyMemory;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST …/run}: starts a run. */
final class StartEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(StartEndpoint.class);
    /** What a body may hold besides the input. */
    private static final int REST_BYTES = 16 * 1024;

    /** The body, and the input taken out of it. */
    private static final int COPIES = 2;

    private static final int LONGEST_KEY = 255;
    private static final Duration CHECK_PATIENCE = Duration.ofSeconds(10);

    private final RunStore store;
    private final AgentDirectory agents;
    private final RunSettings settings;
    private final int maxInputBytes;
    private final BodyMemory bodies;
    private final RunJson runJson;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final BooleanSupplier draining;

    StartEndpoint(
            RunStore store,
            AgentDirectory agents,
            RunSettings settings,
            int maxInputBytes,
            BodyMemory bodies,
            RunJson runJson,
            InstantSource clock,
            RandomGenerator random,
            BooleanSupplier draining) {
        this.store = store;
        this.agents = agents;
        this.settings = settings;
        this.maxInputBytes = maxInputBytes;
        this.bodies = bodies;
        this.runJson = runJson;
        this.clock = clock;
        this.random = random;
        this.draining = draining;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        if (!ContentTypes.of(exchange).equals(ContentTypes.JSON)) {
            exchange.respond(ContentTypes.unsupported(ContentTypes.JSON));
            return BodySink.IGNORE;
        }
        String key = exchange.headers().get("Idempotency-Key", "");
        if (key.length() > LONGEST_KEY) {
            exchange.respond(Problem.invalidRequest("an Idempotency-Key has at most " + LONGEST_KEY + " characters"));
            return BodySink.IGNORE;
        }
        return new Body(exchange, key);
    }

    private final class Body implements BodySink {
        private final Exchange exchange;
        private final String key;
        private final BodyJson json = new BodyJson(maxInputBytes + REST_BYTES);
        private final BodyMemory.Share memory = bodies.open();

        Body(Exchange exchange, String key) {
            this.exchange = exchange;
            this.key = key;
            // The input is held until the store has it.
            exchange.onSettled(memory::close);
        }

        @Override
        public void data(ByteBuf piece) {
            boolean mayBeRequest = json.feed(piece, piece.readerIndex(), piece.readableBytes());
            if (!memory.resize((long) COPIES * json.capacityBytes())) {
                exchange.respond(Problem.overloaded("too many large requests arrive at once"));
            } else if (!mayBeRequest) {
                end();
            }
        }

        @Override
        public void end() {
            switch (json.finish()) {
                case BodyJson.Whole.TooLarge _ -> exchange.respond(inputTooLarge());
                case BodyJson.Whole.Malformed malformed ->
                    exchange.respond(Problem.invalidRequest("the body is " + malformed.message()));
                case BodyJson.Whole.Value value -> parsed(exchange, key, value.json());
            }
        }
    }

    private Problem inputTooLarge() {
        return Problem.of(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "input-too-large",
                "an input may have " + maxInputBytes + " bytes as JSON without whitespace; see --max-input");
    }

    private void parsed(Exchange exchange, String key, JsonBytes body) {
        switch (StartRequest.parse(body)) {
            case StartRequest.Parsed.Bad bad ->
                exchange.respond(Problem.invalidRequest("the request does not say how to start a run")
                        .withFaults(bad.faults()));
            case StartRequest.Parsed.Good good -> {
                if (good.request().input().length() > maxInputBytes) {
                    exchange.respond(inputTooLarge());
                } else if (draining.getAsBoolean()) {
                    exchange.respond(Problem.overloaded("the server is stopping"));
                } else {
                    withAgent(exchange, key, good.request());
                }
            }
        }
    }

    private void withAgent(Exchange exchange, String key, StartRequest request) {
        Optional<AgentDirectory.Entry> agent = agents.entries().stream()
                .filter(entry -> entry.name().equals(request.agent()))
                .findFirst();
        if (agent.isEmpty()) {
            String known =
                    agents.entries().stream().map(AgentDirectory.Entry::name).collect(Collectors.joining(", "));
            exchange.respond(Problem.of(
                    HttpResponseStatus.BAD_REQUEST,
                    "unknown-agent",
                    "there is no agent of that name; there are: " + known));
        } else if (request.agent().equals(RunSpec.EXTERNAL)) {
            create(exchange, key, request, agent.get(), request.runId().isEmpty() ? fresh() : request.runId());
        } else {
            new Check(exchange, key, request, agent.get()).begin();
        }
    }

    /** An agent's look at an input, on a thread of its own since it may block, and not for as long as it likes. */
    private final class Check implements Runnable {
        private final Exchange exchange;
        private final String key;
        private final StartRequest request;
        private final AgentDirectory.Entry agent;
        private final Thread thread;
        // checking thread only
        private String runId = "";
        /** Whether it is settled what becomes of the request. */
        private final AtomicBoolean settled = new AtomicBoolean();

        Check(Exchange exchange, String key, StartRequest request, AgentDirectory.Entry agent) {
            this.exchange = exchange;
            this.key = key;
            this.request = request;
            this.agent = agent;
            thread = Thread.ofVirtual().name("check-" + agent.name()).unstarted(this);
        }

        void begin() {
            Future<?> patience = exchange.channel()
                    .eventLoop()
                    .schedule(this::giveUp, CHECK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            exchange.onSettled(() -> patience.cancel(false));
            thread.start();
        }

        private void giveUp() {
            if (settled.compareAndSet(false, true)) {
                LOG.warn("agent {} has not checked an input for {} s", agent.name(), CHECK_PATIENCE.toSeconds());
                thread.interrupt();
                exchange.respond(
                        Problem.overloaded("the agent " + agent.name() + " takes too long to check the input"));
            }
        }

        @Override
        public void run() {
            Optional<Problem> refusal = refusal();
            if (settled.compareAndSet(false, true)) {
                refusal.ifPresentOrElse(exchange::respond, () -> create(exchange, key, request, agent, runId));
            }
        }

        private Optional<Problem> refusal() {
            try {
                agents.check(agent.name(), request.input());
                runId = agents.runId(agent.name(), request.input(), asked(request), fresh());
                return Optional.empty();
            } catch (InvalidInputException refused) {
                return Optional.of(Problem.of(
                                HttpResponseStatus.BAD_REQUEST,
                                "invalid-input",
                                "the agent " + agent.name() + " does not take this input")
                        .withFaults(refused.faults().stream()
                                .map(fault -> new Problem.Fault(fault.field(), fault.message()))
                                .toList()));
            } catch (RuntimeException | Error fault) {
                // An agent's code may be broken in any way, and still the caller has to be answered.
                LOG.error("agent {} failed to check an input", agent.name(), fault);
                return Optional.of(Problem.of(
                        HttpResponseStatus.INTERNAL_SERVER_ERROR,
                        "agent-failed",
                        "the agent " + agent.name() + " failed to check the input; the server's log says how"));
            }
        }
    }

    private static Optional<String> asked(StartRequest request) {
        return request.runId().isEmpty() ? Optional.empty() : Optional.of(request.runId());
    }

    private String fresh() {
        return RunIds.generate(random);
    }

    private void create(Exchange exchange, String key, StartRequest request, AgentDirectory.Entry agent, String runId) {
        boolean external = request.agent().equals(RunSpec.EXTERNAL);
        RunSpec spec = new RunSpec(
                runId,
                request.agent(),
                request.attempts().orElse(agent.attempts()),
                request.cancelOnDisconnect(),
                timeoutMillis(request),
                external ? request.leaseMillis().orElse(settings.lease().toMillis()) : 0,
                key,
                request.fingerprint(),
                request.input().length(),
                clock.millis());
        StoreAnswers.answer(
                exchange, store.create(new NewRun(spec, request.input())).thenApply(this::answer));
    }

    /** The run's own limit, but never more than the operator's. */
    private long timeoutMillis(StartRequest request) {
        long most = settings.maxRunTime().toMillis();
        long asked = request.timeoutMillis().orElse(most);
        return most == 0 ? asked : Math.min(asked, most);
    }

    private Response answer(CreateResult result) {
        return switch (result) {
            case CreateResult.Created created -> {
                if (created.run().record().spec().isOfAgent()) {
                    agents.created(created.run().record().runId());
                }
                yield run(HttpResponseStatus.CREATED, created.run());
            }
            case CreateResult.Existing existing -> run(HttpResponseStatus.OK, existing.run());
            case CreateResult.Conflict conflict -> Response.of(conflict(conflict));
            case CreateResult.Overloaded overloaded -> Response.of(Problem.overloaded(overloaded.message()));
        };
    }

    private Response run(HttpResponseStatus status, Run run) {
        return Response.json(status, runJson.of(run))
                .with("Location", runJson.path(run.record().runId()));
    }

    private static Problem conflict(CreateResult.Conflict conflict) {
        return conflict.byKey()
                ? Problem.of(
                        HttpResponseStatus.CONFLICT,
                        "idempotency-conflict",
                        "this Idempotency-Key was used for another request; it belongs to run " + conflict.runId())
                : Problem.of(
                        HttpResponseStatus.CONFLICT,
                        "run-exists",
                        "run " + conflict.runId() + " is there and was started by another request");
    }
}
