package dev.runstream.core.run;

import java.util.HashMap;
import java.util.Map;

/**
 * The producers of one run, and the number each has to use next. Immutable.
 *
 * @param next by producer id
 */
public record Producers(Map<String, Next> next) {
    /** How many producers one run may have, so that their numbers stay small. */
    public static final int MOST = 256;

    public static final Producers NONE = new Producers(Map.of());

    public Producers {
        next = Map.copyOf(next);
    }

    /**
     * What a producer has to use next.
     *
     * @param anySeq whether the next number is accepted as it comes, since a crash may have forgotten the last ones
     */
    public record Next(long epoch, long seq, boolean anySeq) {}

    boolean hasRoomFor(String id) {
        return next.size() < MOST || next.containsKey(id);
    }

    Producers with(String id, Next expected) {
        if (next.size() == 1 && next.containsKey(id)) {
            return new Producers(Map.of(id, expected));
        }
        Map<String, Next> changed = new HashMap<>(next);
        changed.put(id, expected);
        return new Producers(changed);
    }

    /** These producers after the last of their numbers may have been forgotten. */
    public Producers forgetful() {
        Map<String, Next> changed = new HashMap<>();
        next.forEach((id, known) -> changed.put(id, new Next(known.epoch(), known.seq(), true)));
        return new Producers(changed);
    }
}
