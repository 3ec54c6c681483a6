package dev.runstream.bullmq;

import dev.runstream.core.agent.InvalidInputException.FieldFault;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonMembers;
import dev.runstream.core.json.JsonObjectView;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The options of a job that is started here, checked as BullMQ's own clients do not: what a worker would stumble over is
 * refused before there is a job. Immutable.
 *
 * @param json as BullMQ keeps them
 */
record JobOptions(
        JsonBytes json, Optional<String> jobId, int attempts, long delayMillis, long priority, boolean lastInFirstOut) {
    private static final long MOST_ATTEMPTS = 1_000_000;
    private static final long LONGEST_DELAY = 10L * 365 * 24 * 3600 * 1000;
    /** What BullMQ's order of jobs has room for. */
    private static final long LARGEST_PRIORITY = 2_097_152;

    private static final long MOST_KEPT = 1_000_000_000_000L;
    /** What BullMQ and this server call keys beside those of the jobs: a job of such a name would be one of them. */
    private static final Set<String> KEYS_OF_QUEUE = Set.of(
            "active",
            "completed",
            "de",
            "delay",
            "delayed",
            "dn",
            "events",
            "failed",
            "id",
            "limiter",
            "marker",
            "meta",
            "metrics",
            "paused",
            "pc",
            "prioritized",
            "priority",
            "repeat",
            "runstream",
            "stalled",
            "stalled-check",
            "wait",
            "waiting-children");

    private static final String KNOWN =
            "the options are attempts, backoff, delay, priority, lifo, removeOnComplete, removeOnFail and jobId";

    /** @param faults gets what is wrong */
    static JobOptions parse(JsonBytes given, List<FieldFault> faults) {
        return new Parser(faults).parse(given);
    }

    /** What is wrong with a job's id, as the end of a sentence; empty for one that BullMQ and a run can have. */
    static Optional<String> checkId(String id) {
        if (!id.matches("[A-Za-z0-9._~:-]+")) {
            return Optional.of("has to be a string of A-Z a-z 0-9 . _ ~ : -");
        }
        if (id.matches("0|[1-9][0-9]*")) {
            return Optional.of("may not be a whole number: those are the queue's own");
        }
        if (KEYS_OF_QUEUE.contains(id.split(":", 2)[0])) {
            return Optional.of("may not be the name of one of the queue's own keys");
        }
        return id.contains(":") && id.split(":", -1).length != 3
                ? Optional.of("may have colons only between exactly three parts")
                : Optional.empty();
    }

    private static final class Parser {
        private final List<FieldFault> faults;
        private JsonObjectView kept = JsonObjectView.of(JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII)));
        private Optional<String> jobId = Optional.empty();
        private long attempts = 1;
        private long delay;
        private long priority;
        private boolean lifo;

        Parser(List<FieldFault> faults) {
            this.faults = faults;
        }

        JobOptions parse(JsonBytes given) {
            Set<String> seen = new HashSet<>();
            JsonMembers members = JsonObjectView.of(given).members();
            while (members.next()) {
                String name = members.name();
                if (seen.add(name)) {
                    kept = kept.with(name, read(name, members.value()));
                } else {
                    fault(name, "stands there twice");
                }
            }
            if (delay > 0 && lifo) {
                fault("lifo", "means nothing for a job with a delay");
            }
            return new JobOptions(kept.json(), jobId, Math.toIntExact(attempts), delay, priority, lifo);
        }

        private JsonBytes read(String name, JsonBytes value) {
            switch (name) {
                case "attempts" -> attempts = number(name, value, 1, MOST_ATTEMPTS);
                case "delay" -> delay = number(name, value, 0, LONGEST_DELAY);
                case "priority" -> priority = number(name, value, 0, LARGEST_PRIORITY);
                case "lifo" -> lifo = truth(name, value);
                case "removeOnComplete", "removeOnFail" -> keeping(name, value);
                case "backoff" -> {
                    return backoff(value);
                }
                case "jobId" -> jobId = id(value);
                default -> fault(name, "is unknown; " + KNOWN);
            }
            return value;
        }

        /** As BullMQ has it when a job is read back: a number is a fixed delay. */
        private JsonBytes backoff(JsonBytes value) {
            if (whole(value).isPresent()) {
                long millis = number("backoff", value, 0, LONGEST_DELAY);
                return JsonObjectView.of(JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII)))
                        .with("type", JsonBytes.ofString("fixed"))
                        .with("delay", JsonBytes.ofLong(millis))
                        .json();
            }
            if (!value.isObject()) {
                fault("backoff", "has to be a number of milliseconds or {\"type\":…,\"delay\":…}");
                return value;
            }
            JsonMembers members = JsonObjectView.of(value).members();
            boolean hasType = false;
            while (members.next()) {
                String path = "backoff." + members.name();
                switch (members.name()) {
                    case "type" -> hasType = members.value().isString();
                    case "delay" -> number(path, members.value(), 0, LONGEST_DELAY);
                    case "jitter" -> jitter(path, members.value());
                    default -> fault(path, "is unknown; a backoff has type, delay and jitter");
                }
            }
            if (!hasType) {
                fault("backoff.type", "has to be \"fixed\", \"exponential\" or a name that the workers know");
            }
            return value;
        }

        private void jitter(String path, JsonBytes value) {
            Optional<BigDecimal> number = decimal(value);
            if (number.isEmpty() || number.get().signum() < 0 || number.get().compareTo(BigDecimal.ONE) > 0) {
                fault(path, "has to be a number from 0 to 1");
            }
        }

        /** True, false, how many are kept, or {@code {"age":…,"count":…}}. */
        private void keeping(String name, JsonBytes value) {
            if (value.isObject()) {
                JsonMembers members = JsonObjectView.of(value).members();
                while (members.next()) {
                    String path = name + "." + members.name();
                    if (Set.of("age", "count", "limit").contains(members.name())) {
                        number(path, members.value(), 0, MOST_KEPT);
                    } else {
                        fault(path, "is unknown; there are age (in seconds), count and limit");
                    }
                }
            } else if (whole(value).isPresent()) {
                number(name, value, 0, MOST_KEPT);
            } else {
                truth(name, value);
            }
        }

        private boolean truth(String name, JsonBytes value) {
            String text = value.toString();
            if (!text.equals("true") && !text.equals("false")) {
                fault(name, "has to be true or false" + (name.startsWith("remove") ? ", or what is kept" : ""));
            }
            return text.equals("true");
        }

        private Optional<String> id(JsonBytes value) {
            String text = value.isString() ? value.stringValue() : "";
            checkId(text).ifPresent(wrong -> fault("jobId", wrong));
            return Optional.of(text);
        }

        private long number(String name, JsonBytes value, long least, long most) {
            OptionalLong number = whole(value);
            if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
                fault(name, "has to be a whole number from " + least + " to " + most);
                return least;
            }
            return number.getAsLong();
        }

        private static OptionalLong whole(JsonBytes value) {
            Optional<BigDecimal> number = decimal(value);
            return number.isPresent() && number.get().stripTrailingZeros().scale() <= 0
                    ? OptionalLong.of(number.get().longValue())
                    : OptionalLong.empty();
        }

        private static Optional<BigDecimal> decimal(JsonBytes value) {
            String text = value.length() > 20 ? "" : value.toString();
            return text.matches("-?[0-9]+(\\.[0-9]+)?") ? Optional.of(new BigDecimal(text)) : Optional.empty();
        }

        private void fault(String name, String message) {
            faults.add(new FieldFault("opts." + name, message));
        }
    }
}
