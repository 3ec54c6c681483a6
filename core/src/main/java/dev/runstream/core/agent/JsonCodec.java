package dev.runstream.core.agent;

import java.util.List;

/**
 * Turns values into JSON and back; the port that keeps JSON libraries out of the core. Safe for any thread.
 */
public interface JsonCodec {
    /**
     * The value as JSON in UTF-8.
     *
     * @throws IllegalArgumentException if the value has no JSON form
     */
    byte[] write(Object value);

    /**
     * Reads JSON in UTF-8 into a value of the given type.
     *
     * @throws Unreadable if the JSON does not fit the type
     */
    <T> T read(byte[] json, Class<T> type) throws Unreadable;

    /** JSON does not fit the type asked for. */
    final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<InvalidInputException.FieldFault> faults;

        public Unreadable(List<InvalidInputException.FieldFault> faults) {
            super(faults.toString());
            this.faults = List.copyOf(faults);
        }

        /** What does not fit, by dotted path. */
        public List<InvalidInputException.FieldFault> faults() {
            return faults;
        }
    }
}
