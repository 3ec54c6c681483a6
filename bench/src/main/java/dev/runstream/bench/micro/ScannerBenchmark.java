package dev.runstream.bench.micro;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonResult;
import dev.runstream.core.run.EventDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What checking and copying a published event costs, beside Jackson's parser going over its tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ScannerBenchmark {
    private static final int MOST_BYTES = 1024 * 1024;

    /** A token of a model, a progress line, and a histogram of numbers. */
    @Param({"text", "object", "numbers"})
    public String kind = "text";

    private final JsonFactory jackson = new JsonFactory();
    private final JsonCompactor compactor = new JsonCompactor(MOST_BYTES);
    private byte[] json = {};

    @Setup
    public void write() {
        String data = switch (kind) {
            case "text" -> '"' + "So it goes on, a word and a word. ".repeat(6) + '"';
            case "object" ->
                "{\"done\":412000,\"total\":1000000,\"perSecond\":58123.4,\"label\":\"paths\",\"stage\":{\"name\":\"Series A\",\"ok\":true}}";
            default -> "[" + "0.017453292519943295,".repeat(200) + "1]";
        };
        json = ("{\"type\":\"delta\",\"data\":" + data + "}").getBytes(StandardCharsets.UTF_8);
    }

    /** As a publish request has it: checked, compacted, taken apart. */
    @Benchmark
    public EventDraft runstream() {
        compactor.reset();
        compactor.feed(json, 0, json.length);
        JsonResult whole = compactor.finish();
        return EventDraft.ofEnvelope((JsonBytes) whole, MOST_BYTES);
    }

    /** The tokens only; nothing is copied, nor is any text made into a string. */
    @Benchmark
    public int jackson() throws IOException {
        int tokens = 0;
        try (JsonParser parser = jackson.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                tokens++;
            }
        }
        return tokens;
    }
}
