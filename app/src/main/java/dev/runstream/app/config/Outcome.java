package dev.runstream.app.config;

import java.util.List;

/**
 * What came of reading what a command was told.
 *
 * @param <C> what is made of it
 */
public sealed interface Outcome<C> {
    record Accepted<C>(C configuration) implements Outcome<C> {}

    /** @param complaints one sentence for each fault: the flag or variable, what was given, what is allowed */
    record Refused<C>(List<String> complaints) implements Outcome<C> {
        public Refused {
            complaints = List.copyOf(complaints);
        }
    }
}
