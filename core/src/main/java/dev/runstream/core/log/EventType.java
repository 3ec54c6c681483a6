package dev.runstream.core.log;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** What an event says. */
public enum EventType {
    /** The state or a message changed. */
    STATUS(0),
    /** An increment of the output. */
    DELTA(1),
    /** The result so far: stands for every delta and partial of its attempt before it. */
    PARTIAL(2),
    /** The final result; ends the run. */
    COMPLETE(3),
    /** Why there is no result; ends the run. */
    ERROR(4);

    private static final EventType[] VALUES = values();

    private final int code;

    private final String wireName = name().toLowerCase(Locale.ROOT);
    // never handed out of this package, and never written to
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] wireBytes = wireName.getBytes(StandardCharsets.US_ASCII);

    EventType(int code) {
        this.code = code;
    }

    /** The number by which stores keep the type; it never changes. */
    public int code() {
        return code;
    }

    /** The name on the wire, in lower case. */
    public String wireName() {
        return wireName;
    }

    byte[] wireBytes() {
        return wireBytes;
    }

    /** Whether this event is the last of its run. */
    public boolean isTerminal() {
        return this == COMPLETE || this == ERROR;
    }

    public static Optional<EventType> ofWireName(String name) {
        for (EventType type : VALUES) {
            if (type.wireName.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type that stores keep by this number. */
    public static EventType ofCode(int code) {
        return VALUES[code];
    }
}
