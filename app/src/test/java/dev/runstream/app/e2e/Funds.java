package dev.runstream.app.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.runstream.client.JsonData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Inputs for {@code fund-scenario}. */
final class Funds {
    /** Work for many minutes on any machine. */
    static final long ENDLESS = 50_000_000;

    private Funds() {}

    /** The fund of the examples, lived through so often. */
    static JsonData input(long paths) {
        try {
            ObjectNode fund = (ObjectNode) new ObjectMapper().readTree(Files.readString(example()));
            return JsonData.of(fund.put("paths", paths).toString());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static Path example() {
        Path beside = Path.of("examples", "fund.json");
        return Files.exists(beside) ? beside : Path.of("..").resolve(beside);
    }
}
