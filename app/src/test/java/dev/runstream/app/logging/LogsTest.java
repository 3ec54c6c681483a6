package dev.runstream.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.runstream.app.config.LogFormat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class LogsTest {
    private static final Logger log = LoggerFactory.getLogger(LogsTest.class);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @AfterEach
    void writesElsewhereAgain() {
        Logs.begin(LogFormat.TEXT, System.err);
    }

    private String logged(LogFormat format, Runnable what) {
        Logs.begin(format, new PrintStream(written, true, StandardCharsets.UTF_8));
        what.run();
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesALineForAPerson() {
        String line = logged(LogFormat.TEXT, () -> log.warn("{} is {} {{0}}", "a", "b"));
        assertThat(line)
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z WARN  LogsTest: a is b \\{\\{0}}\n");
    }

    @Test
    void letsNobodyMakeUpALine() {
        assertThat(logged(LogFormat.TEXT, () -> log.info("a\nb\r\u001b[2Jc")).lines())
                .singleElement()
                .asString()
                .endsWith("a\\nb\\r?[2Jc");
    }

    @Test
    void writesAnObjectForAMachine() throws Exception {
        String line = logged(LogFormat.JSON, () -> log.error("a \"b\"\n\u001b", new IllegalStateException("why")));
        assertThat(line.lines().count()).isEqualTo(1);
        JsonNode read = new ObjectMapper().readTree(line);
        assertThat(read.path("level").asText()).isEqualTo("error");
        assertThat(read.path("logger").asText()).isEqualTo(LogsTest.class.getName());
        assertThat(read.path("message").asText()).isEqualTo("a \"b\"\n\u001b");
        assertThat(read.path("thread").asText())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(read.path("stack").asText()).startsWith("java.lang.IllegalStateException: why\n\tat ");
        assertThat(java.time.Instant.parse(read.path("time").asText())).isNotNull();
    }

    @Test
    void leavesOutWhatIsOnlyForDebugging() {
        assertThat(logged(LogFormat.TEXT, () -> log.debug("x"))).isEmpty();
    }
}
