package dev.runstream.core.agent;

/**
 * A kind of work that runs can be started of: it turns one input into a stream of events and a result.
 *
 * <p>Found by {@link java.util.ServiceLoader}, so an implementation has a public constructor without parameters. One
 * instance serves every run of its kind at once: keep what belongs to a run in local variables.
 */
public interface Agent {
    /** The name a run is started by: 1–64 characters of {@code a-z 0-9 . _ -}; unique within a server. */
    String name();

    /** One line that tells a person what this agent does. */
    String description();

    /**
     * How often a run may be tried when the process that worked on it dies; at least 1.
     *
     * <p>An attempt above 1 starts from the beginning with the same input. An exception is an end, not a reason to try
     * again.
     */
    default int attempts() {
        return 1;
    }

    /**
     * Refuses an input before there is a run. Called on a thread that may block, for at most a moment.
     *
     * @throws InvalidInputException naming every wrong field
     */
    default void check(AgentInput input) throws InvalidInputException {}

    /**
     * Does the work of one attempt, on a virtual thread of its own.
     *
     * <p>May block. Heavy computation belongs in {@link RunContext#compute}. To return without having called {@link
     * RunContext#complete} completes the run with {@code null}. When the run is cancelled, the callbacks of {@link
     * RunContext#onCancel} are called at once and this thread is interrupted a second later.
     *
     * @throws RunFailedException to end the run in an {@code error} whose code and message the reader sees
     * @throws Exception anything else ends the run in an {@code error} whose message says nothing of the inside
     */
    void run(RunContext context) throws Exception;
}
