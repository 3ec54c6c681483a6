package dev.runstream.core.execution;

/** An agent cannot be used, so the server must not start; the message names its file and how to mend it. */
public final class AgentLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AgentLoadException(String message) {
        super(message);
    }

    AgentLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
