package dev.runstream.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The metrics of a server as a scraper sees them: each name with its labels, and its value. */
record Scrape(Map<String, Double> values) {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    static Scrape of(int port) {
        Map<String, Double> values = new LinkedHashMap<>();
        RawHttp.get(port, "/metrics")
                .text()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    values.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
                });
        return new Scrape(values);
    }

    /** Scrapes until the metrics are as wanted. */
    static Scrape await(int port, Predicate<Scrape> wanted) {
        long begin = System.nanoTime();
        Scrape seen = of(port);
        while (!wanted.test(seen)) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new AssertionError("the metrics stayed at " + seen.ofStreams());
            }
            seen = of(port);
        }
        return seen;
    }

    /** Waits until so many streams have closed for a reason, and so many are open. */
    static Scrape awaitClosed(int port, String reason, int closed, int open) {
        // One scrape is not one moment, so all of it has to be as wanted.
        return await(
                port,
                seen -> seen.closed(reason) == closed
                        && seen.value("ai_stream_connections_active") == open
                        && seen.value("ai_stream_duration_milliseconds_count") >= closed);
    }

    /** Waits until no stream is open; all of them are counted as closed then. */
    static Scrape awaitNoStream(int port) {
        await(port, seen -> seen.value("ai_stream_connections_active") == 0);
        // One scrape is not one moment: what it looked at first may have changed before it came to the connections.
        return of(port);
    }

    /** The value under a name with its labels, which must be there. */
    double value(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new AssertionError(name + " is not among " + values.keySet());
        }
        return value;
    }

    double closed(String reason) {
        return value("ai_stream_closed_total{reason=\"" + reason + "\"}");
    }

    double resumes(String outcome) {
        return value("ai_stream_resumes_total{outcome=\"" + outcome + "\"}");
    }

    Map<String, Double> ofStreams() {
        Map<String, Double> streams = new LinkedHashMap<>(values);
        streams.keySet().removeIf(name -> !name.startsWith("ai_stream") || name.contains("_bucket"));
        return streams;
    }
}
