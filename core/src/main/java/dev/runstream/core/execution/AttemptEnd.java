package dev.runstream.core.execution;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunFailedException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.ErrorData;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what an agent threw into the {@code error} that readers see; the log gets the rest. */
final class AttemptEnd {
    /** The code of a failure that says nothing of its inside. */
    static final String AGENT_FAILED = "agent-failed";

    private static final Logger LOG = LoggerFactory.getLogger(AttemptEnd.class);
    private static final Set<String> SERVER_CODES = Set.of("", ErrorData.WORKER_LOST, ErrorData.CANCELLED);

    private AttemptEnd() {}

    /** The error of a run that nobody had asked to stop. */
    static JsonBytes failed(String runId, String agent, Throwable thrown) {
        return switch (thrown) {
            case RunFailedException told -> told(runId, agent, told);
            case InvalidInputException refused -> {
                LOG.info("run {}: agent {} refuses its input: {}", runId, agent, refused.getMessage());
                yield ErrorData.of(String.valueOf(refused.getMessage()), "invalid-input", false);
            }
            default -> {
                LOG.error("run {}: agent {} failed", runId, agent, thrown);
                yield ErrorData.of("the agent failed; the server's log says why", AGENT_FAILED, false);
            }
        };
    }

    private static JsonBytes told(String runId, String agent, RunFailedException told) {
        if (told.getCause() == null) {
            LOG.info("run {}: agent {} failed: {}: {}", runId, agent, told.code(), told.readerMessage());
        } else {
            LOG.warn("run {}: agent {} failed: {}", runId, agent, told.code(), told);
        }
        String code = SERVER_CODES.contains(String.valueOf(told.code())) ? AGENT_FAILED : told.code();
        return ErrorData.of(told.readerMessage(), code, told.retriable());
    }

    /** The error of a run that was asked to stop. */
    static JsonBytes stopped(@Nullable Throwable thrown) {
        String message = thrown instanceof RunFailedException told ? told.readerMessage() : "cancelled";
        return ErrorData.of(message, ErrorData.CANCELLED, false);
    }

    /** What is thrown after the end changes nothing any more. */
    static void afterEnd(String runId, String agent, Throwable thrown) {
        if (!(thrown instanceof RunCancelledException || thrown instanceof InterruptedException)) {
            LOG.info("run {}: agent {} threw after its run had ended or was to stop", runId, agent, thrown);
        }
    }
}
