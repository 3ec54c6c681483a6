package dev.runstream.app.config;

import java.util.function.Function;

/** What holds where nothing is given. Immutable. */
sealed interface Default<T> {
    record Fixed<T>(T value) implements Default<T> {}

    /**
     * A value that depends on the machine.
     *
     * @param text what the help says of it
     */
    record Computed<T>(String text, Function<Machine, T> from) implements Default<T> {}

    record None<T>() implements Default<T> {}
}
