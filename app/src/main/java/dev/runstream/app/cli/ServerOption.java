package dev.runstream.app.cli;

import dev.runstream.client.RunstreamClient;
import dev.runstream.client.RunstreamException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server a command speaks to. */
final class ServerOption {
    private static final String VARIABLE = "RUNSTREAM_SERVER";
    private static final String DEFAULT = "http://127.0.0.1:8080";
    private static final String BASE_PATH = "/api/agents";

    /** A server that is not there is told at once rather than after half a minute. */
    private static final int ATTEMPTS = 2;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = {
                "The server; also $RUNSTREAM_SERVER. A path in it takes the place of /api/agents.",
                "Default: " + DEFAULT
            })
    private @Nullable String given;

    /**
     * Has a command speak to the server, and tells the user why where it cannot.
     *
     * @throws ParameterException if what was given is no address of a server
     */
    int speak(Surroundings around, Conversation conversation) {
        URI base = base(around.environment());
        try (RunstreamClient client =
                RunstreamClient.builder(base).callAttempts(ATTEMPTS).build()) {
            return conversation.hold(client, base);
        } catch (RunstreamException failure) {
            List<String> told = Refusals.inWords(failure, base);
            around.err().println("runstream: " + String.join("\n", told));
            return ExitStatus.FAILED;
        } catch (OutputClosedException nobodyReads) {
            return ExitStatus.OUTPUT_CLOSED;
        } catch (OutputFailedException full) {
            around.err().println("runstream: the output cannot be written: " + full.getMessage());
            return ExitStatus.FAILED;
        }
    }

    /** What a command has to say to a server. */
    @FunctionalInterface
    interface Conversation {
        /**
         * @param base where the API begins
         * @return the exit status
         */
        int hold(RunstreamClient client, URI base);
    }

    private URI base(Map<String, String> environment) {
        String variable = environment.getOrDefault(VARIABLE, "");
        String name = given != null ? "--server" : VARIABLE;
        String text = given != null ? given : variable.isEmpty() ? DEFAULT : variable;
        try {
            URI address = new URI(text.replaceFirst("/+$", ""));
            String scheme =
                    address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
            boolean isGood = (scheme.equals("http") || scheme.equals("https"))
                    && address.getHost() != null
                    && address.getRawUserInfo() == null
                    && address.getPort() <= 65535
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null;
            if (isGood) {
                return address.getRawPath().isEmpty() ? new URI(address + BASE_PATH) : address;
            }
        } catch (URISyntaxException notOne) {
            // told below
        }
        throw new ParameterException(
                command.commandLine(),
                name + " is '" + text + "'; allowed is an http or https address such as " + DEFAULT + ".");
    }
}
