package dev.runstream.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a run is followed. Immutable; each method returns a changed copy.
 *
 * @param position the last event already seen; following begins after it, or with the first event held
 * @param quietTimeout a connection without a byte for so long, keepalives counted, is given up for another; 60 s
 * @param maxEventBytes an event past this is passed over, see {@link StreamItem.Oversized}; 1 MiB
 * @param maxFailures after so many connections in a row that did not prove stable, following fails with code
 *     {@code unreachable}; without limit unless set
 */
public record FollowOptions(Optional<EventId> position, Duration quietTimeout, int maxEventBytes, int maxFailures) {
    /** From the first event held, without end. */
    public static final FollowOptions DEFAULT = new FollowOptions(
            Optional.empty(), Duration.ofSeconds(60), SseParser.DEFAULT_MAX_EVENT_BYTES, Integer.MAX_VALUE);

    /** More than a server's own frames take. */
    private static final int MAX_STATUS_BYTES = 4096;

    /** Refuses limits that leave no room to work. */
    public FollowOptions {
        if (quietTimeout.isNegative() || quietTimeout.isZero()) {
            throw new IllegalArgumentException("quietTimeout must be more than 0, not " + quietTimeout);
        }
        if (maxEventBytes < 1 || maxFailures < 1) {
            throw new IllegalArgumentException(
                    "maxEventBytes and maxFailures must be at least 1, not " + maxEventBytes + ", " + maxFailures);
        }
    }

    /** From where a run stands, for whoever only asks what becomes of it: larger events are passed over unread. */
    static FollowOptions fromNow(Run run) {
        return run.lastEventId().map(DEFAULT::after).orElse(DEFAULT).withMaxEventBytes(MAX_STATUS_BYTES);
    }

    /** Begins after an event that was seen before. */
    public FollowOptions after(EventId seen) {
        return new FollowOptions(Optional.of(seen), quietTimeout, maxEventBytes, maxFailures);
    }

    /** Gives up a connection that is silent for longer than {@code timeout}; keep it well above 25 s. */
    public FollowOptions withQuietTimeout(Duration timeout) {
        return new FollowOptions(position, timeout, maxEventBytes, maxFailures);
    }

    /** Passes over events larger than {@code bytes}. */
    public FollowOptions withMaxEventBytes(int bytes) {
        return new FollowOptions(position, quietTimeout, bytes, maxFailures);
    }

    /** Fails after {@code failures} connections in a row that did not prove stable. */
    public FollowOptions withMaxFailures(int failures) {
        return new FollowOptions(position, quietTimeout, maxEventBytes, failures);
    }
}
