package dev.runstream.app.config;

import java.util.List;

/** What came of reading what `serve` was told. */
public sealed interface ServeOutcome {
    record Accepted(ServeConfiguration configuration) implements ServeOutcome {}

    /** @param complaints one sentence for each fault: the flag or variable, what was given, what is allowed */
    record Refused(List<String> complaints) implements ServeOutcome {
        public Refused {
            complaints = List.copyOf(complaints);
        }
    }
}
