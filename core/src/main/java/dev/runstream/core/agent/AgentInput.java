package dev.runstream.core.agent;

/** The input of a run, as JSON. Safe for any thread. */
public interface AgentInput {
    /** The input as it was given, without whitespace between tokens; {@code {}} where none was given. */
    String json();

    /**
     * Reads the input into a value of the given type; fields that the type does not have are ignored.
     *
     * @throws InvalidInputException if the input does not fit, naming the field
     */
    <T> T as(Class<T> type) throws InvalidInputException;
}
