package dev.runstream.server.api;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonMembers;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunSpec;
import dev.runstream.server.http.Problem;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a request to start a run asks for, in good form.
 *
 * @param runId empty for a generated one
 * @param input {@code {}} where none was given
 */
record StartRequest(
        String agent,
        JsonBytes input,
        String runId,
        boolean cancelOnDisconnect,
        OptionalInt attempts,
        OptionalLong timeoutMillis,
        OptionalLong leaseMillis) {
    private static final JsonBytes EMPTY_INPUT = JsonBytes.trusted(new byte[] {'{', '}'});
    private static final int MOST_ATTEMPTS = 100;
    private static final int LONGEST_NUMBER = 40;
    private static final int MOST_FAULTS = 50;
    private static final int LONGEST_SHOWN = 80;
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(10L * 365 * 24 * 3600);

    /** What a body came to: a request, or every fault in it. */
    sealed interface Parsed {
        record Good(StartRequest request) implements Parsed {}

        record Bad(List<Problem.Fault> faults) implements Parsed {}
    }

    static Parsed parse(JsonBytes body) {
        if (!body.isObject()) {
            return new Parsed.Bad(List.of(new Problem.Fault("", "the body has to be an object with \"agent\"")));
        }
        return new Parser().parse(body);
    }

    /** Equal for two equal requests. */
    String fingerprint() {
        String rest = String.join(
                "\n",
                agent,
                runId,
                String.valueOf(cancelOnDisconnect),
                attempts.toString(),
                timeoutMillis.toString(),
                leaseMillis.toString());
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(rest.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            digest.update(input.array(), input.from(), input.length());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Reads the members, one after the other, and notes what is wrong. */
    private static final class Parser {
        private final List<Problem.Fault> faults = new ArrayList<>();
        private String agent = "";
        private JsonBytes input = EMPTY_INPUT;
        private String runId = "";
        private boolean cancelOnDisconnect;
        private OptionalInt attempts = OptionalInt.empty();
        private OptionalLong timeoutMillis = OptionalLong.empty();
        private OptionalLong leaseMillis = OptionalLong.empty();

        Parsed parse(JsonBytes body) {
            Set<String> seen = new HashSet<>();
            JsonMembers members = JsonObjectView.of(body).members();
            while (members.next()) {
                String name = members.name();
                if (seen.add(name)) {
                    read(name, members.value());
                } else {
                    fault(name, "stands there twice");
                }
            }
            if (!seen.contains("agent")) {
                fault("agent", "is missing: the name of the agent that the run is of");
            }
            if (leaseMillis.isPresent() && !agent.isEmpty() && !agent.equals(RunSpec.EXTERNAL)) {
                fault("leaseSeconds", "is only for runs of the agent \"external\"");
            }
            return faults.isEmpty()
                    ? new Parsed.Good(new StartRequest(
                            agent, input, runId, cancelOnDisconnect, attempts, timeoutMillis, leaseMillis))
                    : new Parsed.Bad(faults);
        }

        private void read(String name, JsonBytes value) {
            switch (name) {
                case "agent" -> agent = text(name, value).orElse("");
                case "input" -> input = value.copy();
                case "runId" -> runId = runId(value);
                case "onDisconnect" -> cancelOnDisconnect = onDisconnect(value);
                case "attempts" -> attempts = attempts(value);
                case "timeoutSeconds" -> timeoutMillis = millis(name, value);
                case "leaseSeconds" -> leaseMillis = millis(name, value);
                default ->
                    fault(
                            name,
                            "is unknown; a run is started by agent, input, runId, onDisconnect, attempts,"
                                    + " timeoutSeconds and leaseSeconds");
            }
        }

        private String runId(JsonBytes value) {
            String given = text("runId", value).orElse("");
            if (value.isString() && !RunIds.isValid(given)) {
                fault("runId", "has to be 1 to 128 of A-Z a-z 0-9 . _ ~ : - and not . or ..");
            }
            return given;
        }

        private boolean onDisconnect(JsonBytes value) {
            if (!value.isString("continue") && !value.isString("cancel")) {
                fault("onDisconnect", "has to be \"continue\" or \"cancel\"");
            }
            return value.isString("cancel");
        }

        private OptionalInt attempts(JsonBytes value) {
            Optional<BigDecimal> number = number(value);
            // Its size comes first: what is left then can be written out.
            if (number.isEmpty()
                    || number.get().compareTo(BigDecimal.ONE) < 0
                    || number.get().compareTo(BigDecimal.valueOf(MOST_ATTEMPTS)) > 0
                    || number.get().stripTrailingZeros().scale() > 0) {
                fault("attempts", "has to be a whole number from 1 to " + MOST_ATTEMPTS);
                return OptionalInt.empty();
            }
            return OptionalInt.of(number.get().intValue());
        }

        private OptionalLong millis(String name, JsonBytes value) {
            Optional<BigDecimal> seconds = number(value);
            if (seconds.isEmpty()
                    || seconds.get().compareTo(new BigDecimal("0.001")) < 0
                    || seconds.get().compareTo(LONGEST_SECONDS) > 0) {
                fault(name, "has to be a number of seconds above 0, at most ten years");
                return OptionalLong.empty();
            }
            return OptionalLong.of(seconds.get().movePointRight(3).longValue());
        }

        private static Optional<BigDecimal> number(JsonBytes value) {
            byte first = value.array()[value.from()];
            boolean isNumber = first == '-' || (first >= '0' && first <= '9');
            if (!isNumber || value.length() > LONGEST_NUMBER) {
                return Optional.empty();
            }
            try {
                return Optional.of(new BigDecimal(value.toString()));
            } catch (NumberFormatException hugeExponent) {
                return Optional.empty();
            }
        }

        private Optional<String> text(String name, JsonBytes value) {
            if (value.isString()) {
                return Optional.of(value.stringValue());
            }
            fault(name, "has to be a string");
            return Optional.empty();
        }

        private void fault(String field, String message) {
            if (faults.size() < MOST_FAULTS) {
                faults.add(new Problem.Fault(
                        field.length() <= LONGEST_SHOWN ? field : field.substring(0, LONGEST_SHOWN) + "…", message));
            }
        }
    }
}
