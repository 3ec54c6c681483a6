package dev.runstream.app.config;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes a duration on a command line as the configuration does: {@code 250ms}, {@code 25s}, {@code 5m}. Stateless. */
public final class Durations implements ITypeConverter<Duration> {
    private static final Kind<Duration> SOME = Quantities.duration(Duration.ofMillis(1), Duration.ofDays(3650));

    @Override
    public Duration convert(String text) {
        return SOME.reader()
                .apply(text)
                .orElseThrow(
                        () -> new TypeConversionException("'" + text + "' is given; allowed is " + SOME.allowed()));
    }
}
