package dev.runstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The whole answer to one request. Immutable. */
final class Answer {
    private final int status;
    private final HttpHeaders headers;
    private final String body;

    Answer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = new String(body, StandardCharsets.UTF_8);
    }

    int status() {
        return status;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    HttpHeaders headers() {
        return headers;
    }

    String body() {
        return body;
    }

    /** A header that holds a number; empty where it is absent or none. */
    Optional<Long> number(String header) {
        try {
            return headers.firstValue(header).map(String::strip).map(Long::valueOf);
        } catch (NumberFormatException notOne) {
            return Optional.empty();
        }
    }

    /** The body of a success as JSON. */
    JsonNode json() {
        try {
            return Json.readValue(Json.STRICT, body);
        } catch (JsonProcessingException notJson) {
            throw RunstreamException.invalidAnswer(
                    "status " + status + " without JSON: " + notJson.getOriginalMessage(), notJson);
        }
    }
}
