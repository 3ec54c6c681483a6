package dev.runstream.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes a count of at least one. Stateless. */
final class PositiveNumber implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new TypeConversionException("'" + text + "' is given; allowed is a whole number from 1");
        }
        return Integer.valueOf(text);
    }
}
