package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /metrics}. */
class MetricsTest {
    private final ApiServer server = ApiServer.start();

    @BeforeEach
    void startRun() {
        server.startExternal("a-run-of-its-own");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String scrape() {
        return server.get("/metrics").text();
    }

    @Test
    void writesPrometheusText() {
        RawHttp.Answer answer = server.get("/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(answer.text()).doesNotContain("# EOF");
    }

    @Test
    void writesOpenMetricsWhenAsked() {
        RawHttp.Answer answer = RawHttp.ask(
                server.port(),
                "GET /metrics",
                "Accept: application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.5\r\n",
                "");
        assertThat(answer.header("Content-Type").orElse("")).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(answer.text()).endsWith("# EOF\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# TYPE ai_stream_connections_active gauge",
                "# TYPE ai_stream_clients_gauge gauge",
                "# TYPE ai_stream_ttfb_milliseconds histogram",
                "# TYPE ai_stream_duration_milliseconds histogram",
                "# TYPE ai_stream_bytes_sent_total counter",
                "# TYPE ai_stream_errors_total counter",
                "# TYPE ai_stream_closed_total counter",
                "# TYPE ai_stream_resumes_total counter",
                "ai_stream_closed_total{reason=\"complete\"} 0",
                "ai_stream_closed_total{reason=\"client\"} 0",
                "ai_stream_closed_total{reason=\"idle\"} 0",
                "ai_stream_closed_total{reason=\"slow\"} 0",
                "ai_stream_closed_total{reason=\"drain\"} 0",
                "ai_stream_closed_total{reason=\"busy\"} 0",
                "ai_stream_closed_total{reason=\"reset\"} 0",
                "ai_stream_closed_total{reason=\"error\"} 0",
                "ai_stream_resumes_total{outcome=\"start\"} 0",
                "ai_stream_resumes_total{outcome=\"resumed\"} 0",
                "ai_stream_resumes_total{outcome=\"gap\"} 0",
                "ai_stream_resumes_total{outcome=\"reset\"} 0",
                "# TYPE ai_run_evicted_events_total counter",
                "# TYPE ai_run_cancel_to_worker_milliseconds histogram",
                "# TYPE ai_run_cancel_to_end_milliseconds histogram",
                "# TYPE ai_run_store_milliseconds histogram",
                "ai_run_open{state=\"running\"} 1",
                "ai_run_open{state=\"queued\"} 0",
                "# TYPE ai_run_buffered_bytes gauge",
                "# TYPE ai_direct_memory_used_bytes gauge",
                "# TYPE ai_direct_memory_taken_bytes gauge"
            })
    void hasEveryMetricOfTheContractFromTheStart(String line) {
        assertThat(scrape()).contains(line);
    }

    @Test
    void asksTheStoreOncePerScrape() {
        int before = server.store().gaugesAsked();
        scrape();
        scrape();
        assertThat(server.store().gaugesAsked() - before).isEqualTo(2);
    }

    @Test
    void countsRunsByStateAndTheirBytes() {
        server.startExternal("b");
        server.cancel("b");
        server.publish("a-run-of-its-own", "{\"type\":\"complete\",\"data\":1}");

        assertThat(scrape())
                .contains("ai_run_open{state=\"running\"} 0", "ai_run_open{state=\"cancelling\"} 1")
                .contains("ai_run_ended_total{state=\"completed\"} 1")
                .containsPattern("ai_run_buffered_bytes [1-9]");
    }

    @Test
    void countsTheEventsThatWereWritten() {
        server.startExternal("many");
        double before = Scrape.of(server.port()).value("ai_run_events_total");
        server.publish("many", "{\"type\":\"delta\",\"data\":1}");
        server.publish("many", "{\"type\":\"delta\",\"data\":2}");
        assertThat(Scrape.of(server.port()).value("ai_run_events_total")).isEqualTo(before + 2);
    }

    @Test
    void tellsOfTheDirectMemoryThatIsInUse() {
        double before = Scrape.of(server.port()).value("ai_direct_memory_used_bytes");
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(1024 * 1024);
        try {
            Scrape with = Scrape.of(server.port());
            assertThat(with.value("ai_direct_memory_used_bytes") - before).isGreaterThan(1_000_000);
            assertThat(with.value("ai_direct_memory_taken_bytes"))
                    .isGreaterThanOrEqualTo(with.value("ai_direct_memory_used_bytes"));
        } finally {
            buffer.release();
        }
        assertThat(Scrape.of(server.port()).value("ai_direct_memory_used_bytes") - before)
                .isLessThan(1_000_000);
    }

    @Test
    void holdsNoRunInAnyLabel() {
        server.get("/api/agents/stream/a-run-of-its-own-not");
        server.publish("a-run-of-its-own", "{\"type\":\"complete\",\"data\":1}");
        server.get("/api/agents/stream/a-run-of-its-own");
        assertThat(scrape())
                .doesNotContain("a-run-of-its-own")
                .contains("ai_stream_closed_total{reason=\"complete\"} 1");
    }
}
