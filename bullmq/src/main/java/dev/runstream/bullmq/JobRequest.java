package dev.runstream.bullmq;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonMembers;
import dev.runstream.core.json.JsonObjectView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A job as it is asked for: {@code {"name":…,"data":…,"opts":{…}}}. Immutable.
 *
 * @param opts as BullMQ keeps them
 * @param jobId the id it is to have, if one was asked for
 * @param attempts how often it may be tried, from 1
 */
record JobRequest(
        String name,
        JsonBytes data,
        JsonBytes opts,
        Optional<String> jobId,
        int attempts,
        long delayMillis,
        long priority,
        boolean lastInFirstOut) {
    private static final JsonBytes EMPTY = JsonBytes.trusted("{}".getBytes(StandardCharsets.US_ASCII));

    /** @throws InvalidInputException with every fault */
    static JobRequest parse(JsonBytes input) {
        return new Parser().parse(input);
    }

    private static final class Parser {
        private final List<FieldFault> faults = new ArrayList<>();
        private Optional<String> name = Optional.empty();
        private JsonBytes data = EMPTY;
        private JsonBytes given = EMPTY;

        JobRequest parse(JsonBytes input) {
            if (!input.isObject()) {
                throw new InvalidInputException("", "has to be an object with \"name\", \"data\" and \"opts\"");
            }
            Set<String> seen = new HashSet<>();
            JsonMembers members = JsonObjectView.of(input).members();
            while (members.next()) {
                if (seen.add(members.name())) {
                    read(members.name(), members.value());
                } else {
                    fault(members.name(), "stands there twice");
                }
            }
            if (!seen.contains("name")) {
                fault("name", "is missing: the name of the job, which its worker sees");
            }
            JobOptions opts = JobOptions.parse(given, faults);
            if (!faults.isEmpty()) {
                throw new InvalidInputException(faults);
            }
            return new JobRequest(
                    name.orElseThrow(),
                    data,
                    opts.json(),
                    opts.jobId(),
                    opts.attempts(),
                    opts.delayMillis(),
                    opts.priority(),
                    opts.lastInFirstOut());
        }

        private void read(String member, JsonBytes value) {
            switch (member) {
                case "name" -> {
                    name = Optional.of(value).filter(JsonBytes::isString).map(JsonBytes::stringValue);
                    if (name.filter(text -> !text.isEmpty()).isEmpty()) {
                        fault(member, "has to be a string that is not empty");
                    }
                }
                case "data" -> data = value;
                case "opts" -> {
                    given = value;
                    if (!value.isObject()) {
                        given = EMPTY;
                        fault(member, "has to be an object");
                    }
                }
                default -> fault(member, "is unknown; a job has \"name\", \"data\" and \"opts\"");
            }
        }

        private void fault(String field, String message) {
            faults.add(new FieldFault(field, message));
        }
    }
}
