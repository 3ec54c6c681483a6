package dev.runstream.app.config;

import java.util.List;
import java.util.Locale;

/**
 * One thing that `serve` can be told, as a flag or as a variable of the environment. Immutable.
 *
 * @param name as in the flag, without its dashes
 * @param repeatable whether the flag may be given more than once
 * @param description for the help, in whole lines
 */
record Setting<T>(String name, Kind<T> kind, Default<T> fallback, boolean repeatable, List<String> description) {
    static <T> Setting<T> of(String name, Kind<T> kind, T fallback, String... description) {
        return new Setting<>(name, kind, new Default.Fixed<>(fallback), false, List.of(description));
    }

    static <T> Setting<T> computed(String name, Kind<T> kind, Default.Computed<T> fallback, String... description) {
        return new Setting<>(name, kind, fallback, false, List.of(description));
    }

    static <T> Setting<T> optional(String name, Kind<T> kind, String... description) {
        return new Setting<>(name, kind, new Default.None<>(), false, List.of(description));
    }

    static <T> Setting<List<T>> repeated(String name, Kind<T> kind, String... description) {
        return new Setting<>(name, kind.list(), new Default.None<>(), true, List.of(description));
    }

    String flag() {
        return "--" + name;
    }

    String variable() {
        return "RUNSTREAM_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The default as the help tells it. */
    String defaultText() {
        return switch (fallback) {
            case Default.Fixed<T>(T value) -> kind.writer().apply(value);
            case Default.Computed<T> computed -> computed.text();
            case Default.None<T> none -> "none";
        };
    }
}
