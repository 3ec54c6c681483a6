package dev.runstream.client;

import java.util.Optional;

/**
 * Where an event stands: {@code <epoch>-<seq>}, two decimals from 1, compared as numbers.
 *
 * @param epoch fixed for the life of a run's event log; a log made anew has a greater one
 * @param seq the event's place in its log: 1, 2, 3 … without holes
 */
public record EventId(long epoch, long seq) implements Comparable<EventId> {
    /** Refuses what no server would number an event. */
    public EventId {
        if (epoch < 1 || seq < 1) {
            throw new IllegalArgumentException("an event id counts from 1: " + epoch + "-" + seq);
        }
    }

    /**
     * Reads an event id.
     *
     * @throws IllegalArgumentException where {@code text} is none
     */
    public static EventId parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("an event id is <epoch>-<seq>, not: " + text));
    }

    /** Reads an event id; empty where {@code text} is none. */
    static Optional<EventId> tryParse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1 || !isNumber(text, 0, dash) || !isNumber(text, dash + 1, text.length())) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new EventId(Long.parseLong(text, 0, dash, 10), Long.parseLong(text, dash + 1, text.length(), 10)));
        } catch (NumberFormatException pastSixtyThreeBits) {
            return Optional.empty();
        }
    }

    private static boolean isNumber(String text, int from, int to) {
        if (from >= to || text.charAt(from) == '0') {
            return false;
        }
        for (int at = from; at < to; at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(EventId other) {
        return epoch != other.epoch ? Long.compare(epoch, other.epoch) : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return epoch + "-" + seq;
    }
}
