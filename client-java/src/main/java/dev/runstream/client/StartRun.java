package dev.runstream.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * What to run. Immutable; each method returns a changed copy.
 *
 * @param agent the agent's name
 * @param input any value the client's mapper can write, or a {@link JsonData}; the server takes {@code {}} where empty
 * @param runId the id the run is to have; the server makes one where empty
 * @param onDisconnect what is to happen when the last reader is gone
 * @param attempts how often it may run when its process dies; the agent's own number where empty
 * @param timeout how long it may take
 * @param lease how long an external run may be silent before it counts as lost
 * @param idempotencyKey under which key the start may be repeated; the client makes one where empty
 */
public record StartRun(
        String agent,
        Optional<Object> input,
        Optional<String> runId,
        Optional<OnDisconnect> onDisconnect,
        Optional<Integer> attempts,
        Optional<Duration> timeout,
        Optional<Duration> lease,
        Optional<String> idempotencyKey) {
    /** What a run does when the last of its readers has been gone for a while. */
    public enum OnDisconnect {
        /** It goes on. */
        CONTINUE,
        /** It is cancelled. */
        CANCEL
    }

    /** A run of the agent called {@code name}, with the server's defaults. */
    public static StartRun of(String name) {
        return new StartRun(
                name,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A run whose events a worker elsewhere will publish, see {@link RunPublisher}. */
    public static StartRun external() {
        return of("external");
    }

    /** Gives the agent this input: any value the client's mapper can write, or a {@link JsonData}. */
    public StartRun input(Object value) {
        return new StartRun(agent, Optional.of(value), runId, onDisconnect, attempts, timeout, lease, idempotencyKey);
    }

    /** Gives the run this id. */
    public StartRun runId(String id) {
        return new StartRun(
                agent, input, Optional.of(RunIds.check(id)), onDisconnect, attempts, timeout, lease, idempotencyKey);
    }

    /** Says what is to happen when the last reader is gone. */
    public StartRun onDisconnect(OnDisconnect what) {
        return new StartRun(agent, input, runId, Optional.of(what), attempts, timeout, lease, idempotencyKey);
    }

    /** Lets it run so often when its process dies. */
    public StartRun attempts(int most) {
        return new StartRun(agent, input, runId, onDisconnect, Optional.of(most), timeout, lease, idempotencyKey);
    }

    /** Lets it take so long. */
    public StartRun timeout(Duration most) {
        return new StartRun(agent, input, runId, onDisconnect, attempts, Optional.of(most), lease, idempotencyKey);
    }

    /** Lets an external run be silent for so long. */
    public StartRun lease(Duration most) {
        return new StartRun(agent, input, runId, onDisconnect, attempts, timeout, Optional.of(most), idempotencyKey);
    }

    /** Makes this start and any other under {@code key}, with an equal body, one and the same run. */
    public StartRun idempotencyKey(String key) {
        return new StartRun(agent, input, runId, onDisconnect, attempts, timeout, lease, Optional.of(key));
    }

    byte[] body(ObjectMapper mapper) {
        ObjectNode body = Json.STRICT.createObjectNode().put("agent", agent);
        input.ifPresent(value -> body.putRawValue("input", Json.raw(mapper, value)));
        runId.ifPresent(value -> body.put("runId", value));
        onDisconnect.ifPresent(what -> body.put("onDisconnect", what == OnDisconnect.CANCEL ? "cancel" : "continue"));
        attempts.ifPresent(value -> body.put("attempts", value));
        timeout.ifPresent(value -> body.put("timeoutSeconds", seconds(value)));
        lease.ifPresent(value -> body.put("leaseSeconds", seconds(value)));
        return Json.write(Json.STRICT, body);
    }

    private static BigDecimal seconds(Duration duration) {
        BigDecimal exact = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return duration.getNano() == 0 ? BigDecimal.valueOf(duration.getSeconds()) : exact.stripTrailingZeros();
    }
}
