package dev.runstream.core.agent;

import java.util.List;
import java.util.stream.Collectors;

/** An agent refuses its input; holds every fault found, in the order of the input's fields. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldFault> faults;

    /** @param faults at least one */
    public InvalidInputException(List<FieldFault> faults) {
        super(faults.stream().map(FieldFault::toString).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    /** One fault, of the field at a dotted path such as {@code stages.2.graduation}; empty for the input as a whole. */
    public InvalidInputException(String field, String message) {
        this(List.of(new FieldFault(field, message)));
    }

    /** Every fault found; never empty. */
    public List<FieldFault> faults() {
        return faults;
    }

    /**
     * What is wrong with one field.
     *
     * @param field dotted path, list positions from 0; empty for the input as a whole
     * @param message what is wrong and what would be right, for a person
     */
    public record FieldFault(String field, String message) {
        @Override
        public String toString() {
            return field.isEmpty() ? message : field + ": " + message;
        }
    }
}
