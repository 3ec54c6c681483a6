package dev.runstream.app.cli;

import dev.runstream.client.StartRun.OnDisconnect;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes what a run does when its readers are gone. Stateless. */
final class OnDisconnectParameter implements ITypeConverter<OnDisconnect> {
    @Override
    public OnDisconnect convert(String text) {
        return switch (text) {
            case "continue" -> OnDisconnect.CONTINUE;
            case "cancel" -> OnDisconnect.CANCEL;
            default -> throw new TypeConversionException("'" + text + "' is given; allowed is continue or cancel");
        };
    }
}
