package dev.runstream.core.run;

/**
 * What was asked for when a run was started; the same for the life of the run.
 *
 * @param runId see {@link RunIds#isValid}
 * @param agent who works on it; {@link #EXTERNAL} for a worker elsewhere
 * @param attempts how often it may be tried, at least 1
 * @param cancelOnDisconnect whether it is cancelled when the last reader has been gone for the grace
 * @param timeoutMillis how long it may take from its first start; 0 for no limit
 * @param leaseMillis how long a worker elsewhere may be silent; 0 for an agent of ours
 * @param idempotencyKey the key it was started under, empty for none
 * @param fingerprint equal for two equal requests
 * @param inputBytes size of the input as JSON without whitespace between tokens
 * @param createdAtMillis since 1970
 */
public record RunSpec(
        String runId,
        String agent,
        int attempts,
        boolean cancelOnDisconnect,
        long timeoutMillis,
        long leaseMillis,
        String idempotencyKey,
        String fingerprint,
        int inputBytes,
        long createdAtMillis) {
    /** The agent whose events arrive over HTTP. */
    public static final String EXTERNAL = "external";

    /** What the names of agents begin with whose runs are jobs of a queue elsewhere. */
    public static final String QUEUE = "bullmq:";

    /** Has one name for all external runs, so that {@link #isExternal}, which every event asks, compares no letters. */
    public RunSpec {
        agent = agent.equals(EXTERNAL) ? EXTERNAL : agent;
    }

    public boolean isExternal() {
        return agent.equals(EXTERNAL);
    }

    /** Whether it is copied from a job of a queue elsewhere, which alone knows of its worker. */
    public boolean isOfQueue() {
        return agent.startsWith(QUEUE);
    }

    /** Whether an agent of ours works on it, in a process that has a lease. */
    public boolean isOfAgent() {
        return !isExternal() && !isOfQueue();
    }
}
