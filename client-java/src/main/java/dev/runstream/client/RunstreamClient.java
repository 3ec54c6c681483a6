package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Starts, follows, cancels and reads the runs of one Runstream server.
 *
 * <p>Safe for any thread. Calls block until they are answered, and are repeated where no answer came or the server
 * may answer otherwise later (408, 425, 429, 5xx), with a wait between that grows and honours Retry-After. Each
 * failure is a {@link RunstreamException}; a run id that no run can have is an {@link IllegalArgumentException}.
 */
public final class RunstreamClient implements AutoCloseable {
    private final ClientSetup setup;
    private final Calls calls;
    private final boolean ownsHttp;

    private RunstreamClient(ClientSetup setup, boolean ownsHttp) {
        this.setup = setup;
        this.calls = new Calls(setup);
        this.ownsHttp = ownsHttp;
    }

    /** A client of the server at {@code base}, its base path included: {@code http://127.0.0.1:8080/api/agents}. */
    public static RunstreamClient at(String base) {
        return builder(URI.create(base)).build();
    }

    /** Begins a client of the server at {@code base}, its base path included. */
    public static Builder builder(URI base) {
        return new Builder(base);
    }

    /**
     * Starts a run, or finds the one that an equal start made before. However often it has to be sent, there is one
     * run: it carries an Idempotency-Key.
     */
    public Run startRun(StartRun start) {
        HttpRequest request = setup.request("/run")
                .setHeader("Content-Type", "application/json")
                .setHeader(
                        "Idempotency-Key",
                        start.idempotencyKey().orElseGet(() -> UUID.randomUUID().toString()))
                .POST(BodyPublishers.ofByteArray(start.body(setup.json())))
                .build();
        return Run.read(calls.repeatable(request).json());
    }

    /** The run as it is now. */
    public Run getRun(String runId) {
        return Run.read(get(runPath(runId)).json());
    }

    /** The input a run was started with. */
    public JsonData getRunInput(String runId) {
        JsonNode input = get(runPath(runId) + "?include=input").json().path("input");
        return new JsonData(input.isMissingNode() ? "{}" : input.toString(), setup.json());
    }

    /**
     * The data of a run's {@code complete}.
     *
     * @throws RunstreamException with code {@code run-not-ended}, or with {@code run-ended} where it ended otherwise
     */
    public JsonData getResult(String runId) {
        return new JsonData(get(runPath(runId) + "/result").body(), setup.json());
    }

    /** One page of the server's runs, latest created first. */
    public RunPage listRuns(RunQuery query) {
        JsonNode page = get("/runs" + query.queryString()).json();
        List<Run> runs = new ArrayList<>();
        page.path("runs").forEach(run -> runs.add(Run.read(run)));
        return new RunPage(runs, Json.text(page, "next"));
    }

    /** The agents the server can run. */
    public List<AgentInfo> agents() {
        JsonNode answer = get("").json();
        List<AgentInfo> agents = new ArrayList<>();
        for (JsonNode agent : answer.isArray() ? answer : answer.path("agents")) {
            agents.add(new AgentInfo(
                    agent.path("name").asText(), agent.path("description").asText()));
        }
        return agents;
    }

    /**
     * Asks a run to stop, and returns its state then: {@code CANCELLING}, {@code CANCELLED}, or the end it had
     * reached before. It may be called again.
     */
    public RunState cancelRun(String runId) {
        Answer answer = calls.repeatable(setup.request(runPath(runId)).DELETE().build());
        return answer.headers()
                .firstValue("Run-State")
                .flatMap(RunState::tryParse)
                .orElseThrow(() -> RunstreamException.invalidAnswer("a cancel answered without a Run-State", null));
    }

    /**
     * Waits until a run has ended, and returns it as it ended; {@link #getResult} then has what it completed with.
     *
     * <p>It follows the run from its last event and comes back, like {@link #follow}, however often the connection
     * breaks, and fails as that does: when the server refuses for good, or the thread is interrupted.
     */
    public Run awaitEnd(String runId) {
        Run run = getRun(runId);
        if (run.state().isEnd()) {
            return run;
        }
        try (RunStream stream = follow(runId, FollowOptions.fromNow(run))) {
            stream.forEach(item -> {});
        }
        return getRun(runId);
    }

    /** Follows a run from the first event held. */
    public RunStream follow(String runId) {
        return follow(runId, FollowOptions.DEFAULT);
    }

    /** Follows a run. Connects when the stream is first asked for something. */
    public RunStream follow(String runId, FollowOptions options) {
        return new RunStream(setup, RunIds.check(runId), options);
    }

    /** Publishes to an external run, as a producer of its own. */
    public RunPublisher publish(String runId) {
        return publish(runId, PublishOptions.DEFAULT);
    }

    /** Publishes to an external run. */
    public RunPublisher publish(String runId, PublishOptions options) {
        return RunPublisher.start(this, setup, RunIds.check(runId), options);
    }

    /**
     * Closes every connection, where this client made its own {@link HttpClient}; one that was given is left alone.
     * Close streams and publishers first: a publisher's last events need the connection.
     */
    @Override
    public void close() {
        if (ownsHttp) {
            setup.http().shutdownNow();
        }
    }

    private static String runPath(String runId) {
        return "/run/" + RunIds.check(runId);
    }

    private Answer get(String path) {
        return calls.repeatable(
                setup.request(path).setHeader("Accept", "application/json").build());
    }

    /** Collects what a client is made of. Not safe for several threads. */
    public static final class Builder {
        private final URI base;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable HttpClient http;
        private ObjectMapper json = Json.STRICT;
        private Backoff backoff = Backoff.DEFAULT;
        private Duration callTimeout = Duration.ofSeconds(30);
        private int callAttempts = 5;
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private InstantSource clock = InstantSource.system();
        private Waits waits = Waits.real();

        private Builder(URI base) {
            boolean good = base.getScheme() != null
                    && base.getScheme().matches("(?i)https?")
                    && base.getHost() != null
                    && base.getRawQuery() == null
                    && base.getRawFragment() == null;
            if (!good) {
                throw new IllegalArgumentException(
                        "a server's address is http(s)://host[:port]/base/path, not: " + base);
            }
            this.base = URI.create(base.toString().replaceFirst("/+$", ""));
        }

        /** Sends this header with every request. */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /** Uses this HTTP client; it is not closed with the client. One is made unless given. */
        public Builder httpClient(HttpClient client) {
            this.http = client;
            return this;
        }

        /** Uses this mapper for inputs, for events to publish and for {@link JsonData#as}. */
        public Builder objectMapper(ObjectMapper mapper) {
            this.json = mapper;
            return this;
        }

        /** Waits like this between two tries; {@link Backoff#DEFAULT} unless given. */
        public Builder backoff(Backoff waiting) {
            this.backoff = waiting;
            return this;
        }

        /** How long one call may take; 30 s unless given. Streams are not calls. */
        public Builder callTimeout(Duration most) {
            this.callTimeout = most;
            return this;
        }

        /** How often one call is made before it fails; 5 unless given. */
        public Builder callAttempts(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("callAttempts must be at least 1, not " + most);
            }
            this.callAttempts = most;
            return this;
        }

        /** Draws jitter from here; it must be safe for several threads. */
        public Builder random(RandomGenerator generator) {
            this.random = generator;
            return this;
        }

        /** Reads the time of day here, which only a Retry-After that is a date needs. */
        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        Builder waits(Waits time) {
            this.waits = time;
            return this;
        }

        /** The client. */
        public RunstreamClient build() {
            HttpClient client = http != null
                    ? http
                    : HttpClient.newBuilder()
                            .connectTimeout(Duration.ofSeconds(10))
                            .build();
            ClientSetup setup = new ClientSetup(
                    client, base, Map.copyOf(headers), json, backoff, callTimeout, callAttempts, random, clock, waits);
            return new RunstreamClient(setup, http == null);
        }
    }
}
