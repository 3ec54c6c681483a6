package dev.runstream.bench;

import java.util.HashMap;
import java.util.Map;

/** The {@code key=value} line that a measuring tool prints. */
public final class Reading {
    private final String line;
    private final Map<String, String> values = new HashMap<>();

    private Reading(String line) {
        this.line = line;
        for (String pair : line.split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
    }

    /** @param output what the tool printed; its last line counts */
    public static Reading of(String output) {
        return new Reading(output.strip().lines().reduce("", (before, last) -> last));
    }

    /** @throws IllegalArgumentException if the tool did not print it */
    public double number(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key + " in: " + line);
        }
        return Double.parseDouble(value);
    }

    @Override
    public String toString() {
        return line;
    }
}
