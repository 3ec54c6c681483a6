package dev.runstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads answers that refuse: {@code application/problem+json} (RFC 9457), or whatever a proxy says instead. */
final class Problems {
    private Problems() {}

    /** Whether the same request may be answered otherwise later. */
    static boolean mayPass(int status) {
        return status == 408 || status == 425 || status == 429 || status >= 500;
    }

    static RunstreamException read(Answer answer, Instant now) {
        JsonNode problem = problemOf(answer);
        String code = Json.text(problem, "code").orElse("http-" + answer.status());
        String what = Json.text(problem, "detail")
                .or(() -> Json.text(problem, "title"))
                .orElse("the server said no more");
        return new RunstreamException(
                code,
                answer.status(),
                answer.status() + " " + code + ": " + what,
                RetryAfter.read(answer.headers(), now).orElse(null),
                errorsOf(problem),
                problem,
                null);
    }

    private static JsonNode problemOf(Answer answer) {
        Optional<String> type = answer.headers().firstValue("Content-Type");
        if (type.isEmpty() || !type.get().contains("json")) {
            return MissingNode.getInstance();
        }
        try {
            return Json.STRICT.readTree(answer.body());
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    private static List<FieldError> errorsOf(JsonNode problem) {
        List<FieldError> errors = new ArrayList<>();
        for (JsonNode error : problem.path("errors")) {
            errors.add(new FieldError(
                    error.path("field").asText(), error.path("message").asText()));
        }
        return errors;
    }
}
