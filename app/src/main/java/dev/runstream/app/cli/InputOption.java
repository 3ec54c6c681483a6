package dev.runstream.app.cli;

import dev.runstream.client.JsonData;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The input of a run: a file, standard input, or the JSON itself. */
final class InputOption {
    /** The largest that a server can be told to take. */
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--input",
            paramLabel = "FILE|-|JSON",
            description =
                    "A file with the agent's input as JSON; - reads it from standard input; what begins with { or [ is "
                            + "the JSON itself. Default: {}")
    private @Nullable String given;

    /**
     * The input, if one was given.
     *
     * @throws ParameterException if it cannot be read or is no JSON
     */
    Optional<JsonData> read(InputStream standardInput) {
        if (given == null) {
            return Optional.empty();
        }
        byte[] bytes = bytes(given, standardInput);
        return switch (JsonCompactor.compact(bytes, MAX_BYTES)) {
            case JsonBytes json -> Optional.of(JsonData.of(new String(json.toByteArray(), StandardCharsets.UTF_8)));
            case JsonFault fault ->
                throw refused(
                        "--input " + shown(given) + " is not JSON: " + place(bytes, fault.offset()) + fault.message());
        };
    }

    private static boolean isJson(String text) {
        String first = text.stripLeading();
        return first.startsWith("{") || first.startsWith("[");
    }

    private byte[] bytes(String name, InputStream standardInput) {
        if (isJson(name)) {
            // What Java makes of an argument's bytes that the locale has no letters for.
            if (name.contains("\uFFFD")) {
                throw refused("--input holds letters that this locale cannot pass on; give a file, or - and the JSON on"
                        + " standard input.");
            }
            return name.getBytes(StandardCharsets.UTF_8);
        }
        try (InputStream in = name.equals("-") ? standardInput : Files.newInputStream(Path.of(name))) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException missing) {
            throw refused("--input is '" + name + "', and there is no such file.");
        } catch (IOException | java.nio.file.InvalidPathException unreadable) {
            throw refused("--input is '" + name + "', which cannot be read: " + unreadable.getMessage());
        }
    }

    private static String shown(String name) {
        return name.equals("-") ? "from standard input" : isJson(name) ? "as given" : "'" + name + "'";
    }

    private static String place(byte[] text, long offset) {
        int line = 1;
        int column = 1;
        for (int at = 0; at < Math.min(offset, text.length); at++) {
            boolean isEnd = text[at] == '\n';
            line += isEnd ? 1 : 0;
            // Only the first byte of a character counts.
            column = isEnd ? 1 : column + ((text[at] & 0xC0) == 0x80 ? 0 : 1);
        }
        return "line " + line + ", column " + column + ": ";
    }

    private ParameterException refused(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
