package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.testing.Json;
import java.time.Duration;

/** Builds a {@link NewRun}. */
public final class AskedRun {
    private final String runId;
    private final String agent;
    private final long createdAtMillis;
    private int attempts = 1;
    private boolean cancelOnDisconnect;
    private Duration timeout = Duration.ZERO;
    private Duration lease;
    private String key = "";
    private String fingerprint = "same";
    private JsonBytes input = Json.json("{}");

    private AskedRun(String runId, String agent, long createdAtMillis, Duration lease) {
        this.runId = runId;
        this.agent = agent;
        this.createdAtMillis = createdAtMillis;
        this.lease = lease;
    }

    /** A run whose worker is elsewhere, with a lease of 60 s. */
    public static AskedRun external(String runId, long createdAtMillis) {
        return new AskedRun(runId, RunSpec.EXTERNAL, createdAtMillis, Duration.ofSeconds(60));
    }

    /** A run of an agent of ours. */
    public static AskedRun ofAgent(String runId, String agent, long createdAtMillis) {
        return new AskedRun(runId, agent, createdAtMillis, Duration.ZERO);
    }

    public AskedRun attempts(int most) {
        attempts = most;
        return this;
    }

    public AskedRun cancelOnDisconnect() {
        cancelOnDisconnect = true;
        return this;
    }

    public AskedRun timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    public AskedRun lease(Duration silence) {
        lease = silence;
        return this;
    }

    public AskedRun key(String idempotencyKey) {
        key = idempotencyKey;
        return this;
    }

    public AskedRun fingerprint(String of) {
        fingerprint = of;
        return this;
    }

    public AskedRun input(JsonBytes json) {
        input = json;
        return this;
    }

    public RunSpec spec() {
        return new RunSpec(
                runId,
                agent,
                attempts,
                cancelOnDisconnect,
                timeout.toMillis(),
                lease.toMillis(),
                key,
                fingerprint,
                input.length(),
                createdAtMillis);
    }

    public NewRun build() {
        return new NewRun(spec(), input);
    }
}
