package dev.runstream.core.agent;

/** Leaves an agent whose run is to stop: it was cancelled, ran out of time, or has ended. Let it pass. */
public final class RunCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunCancelledException(String message) {
        super(message);
    }
}
