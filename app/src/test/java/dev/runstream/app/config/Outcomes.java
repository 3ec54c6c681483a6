package dev.runstream.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What tests want of an {@link Outcome}. */
final class Outcomes {
    private Outcomes() {}

    static <C> C accepted(Outcome<C> outcome) {
        if (outcome instanceof Outcome.Accepted<C>(C configuration)) {
            return configuration;
        }
        throw new AssertionError(outcome);
    }

    static <C> List<String> refused(Outcome<C> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused<C>) outcome).complaints();
    }
}
