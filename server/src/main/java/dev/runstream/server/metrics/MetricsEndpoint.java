package dev.runstream.server.metrics;

import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /metrics}: Prometheus text, or OpenMetrics when asked. */
public final class MetricsEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

    private final ServerMetrics metrics;
    private final ExpositionFormats formats = ExpositionFormats.init();

    public MetricsEndpoint(ServerMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        String accept = exchange.headers().get(HttpHeaderNames.ACCEPT, "");
        // The JVM's part reads files of the system, which an event loop must not wait for.
        Thread.ofVirtual().name("metrics").start(() -> answer(exchange, accept));
        return BodySink.IGNORE;
    }

    private void answer(Exchange exchange, String accept) {
        ExpositionFormatWriter writer = accept.contains("application/openmetrics-text")
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream(16 * 1024);
            writer.write(text, metrics.registry().scrape());
            exchange.respond(Response.of(HttpResponseStatus.OK, writer.getContentType(), text.toByteArray()));
        } catch (IOException | RuntimeException fault) {
            LOG.error("the metrics cannot be written", fault);
            exchange.respond(Problem.internal());
        }
    }
}
