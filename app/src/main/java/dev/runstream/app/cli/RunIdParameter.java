package dev.runstream.app.cli;

import dev.runstream.core.run.RunIds;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes what can name a run. Stateless. */
final class RunIdParameter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        if (!RunIds.isValid(text)) {
            throw new TypeConversionException(
                    "a run id is 1 to 128 of A-Z a-z 0-9 . _ ~ : - and neither . nor .., not '" + text + "'");
        }
        return text;
    }
}
