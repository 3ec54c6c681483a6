package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What every problem has in common (RFC 9457). */
final class Problems {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Problems() {}

    static JsonNode assertProblem(RawHttp.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.text()).doesNotContain("Exception").doesNotContain("\tat ");
        try {
            JsonNode problem = MAPPER.readTree(answer.body());
            assertThat(problem.get("type").asText()).isEqualTo("about:blank");
            assertThat(problem.get("title").asText()).isNotEmpty();
            assertThat(problem.get("status").asInt()).isEqualTo(status);
            assertThat(problem.get("code").asText()).isEqualTo(code);
            assertThat(problem.get("detail").asText()).isNotEmpty();
            if (status == 503) {
                assertThat(answer.header("Retry-After").orElse("")).matches("[1-9][0-9]*");
            }
            return problem;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
