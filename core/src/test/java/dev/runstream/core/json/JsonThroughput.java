package dev.runstream.core.json;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Prints how many megabytes a second the compactor takes in, by kind of text; run by hand. */
final class JsonThroughput {
    private static final int TEXT_BYTES = 200_000;
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final long ROUND_NANOS = 1_000_000_000L;
    private static final int ROUNDS = 5;

    private JsonThroughput() {}

    public static void main(String[] args) {
        measure("long ASCII strings", "{\"text\":\"" + "The quick brown fox jumps over the dog. ".repeat(25) + "\"}");
        measure(
                "strings of 40",
                "{\"id\":\"" + "abcdefghij".repeat(4) + "\",\"name\":\"" + "klmnopqrst".repeat(4) + "\"}");
        measure("small delta events", "{\"type\":\"delta\",\"data\":{\"text\":\" hello\"}}");
        measure("escapes", "\"line one\\nline \\\"two\\\"\\tthree\\n\"");
        measure("cyrillic strings", "{\"text\":\"" + "Съешь ещё этих мягких булок ".repeat(10) + "\"}");
        measure("chinese strings", "{\"text\":\"" + "我能吞下玻璃而不伤身体".repeat(10) + "\"}");
        measure("numbers", "[0.123456789,-12345,1.5e-7,42]");
        measure("indented", "{\n    \"name\": \"value\",\n    \"list\": [\n        1,\n        2\n    ]\n}");
    }

    private static void measure(String name, String element) {
        byte[] text =
                ("[" + (element + ",").repeat(TEXT_BYTES / element.length()) + "0]").getBytes(StandardCharsets.UTF_8);
        JsonCompactor compactor = new JsonCompactor(1 << 20);
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.max(best, megabytesPerSecond(compactor, text));
        }
        PrintStream out = System.out;
        out.printf("%-20s %7.0f MB/s%n", name, best);
    }

    private static double megabytesPerSecond(JsonCompactor compactor, byte[] text) {
        long start = System.nanoTime();
        long bytes = 0;
        while (System.nanoTime() - start < ROUND_NANOS) {
            compactor.reset();
            for (int at = 0; at < text.length; at += CHUNK_BYTES) {
                compactor.feed(text, at, Math.min(text.length, at + CHUNK_BYTES));
            }
            if (compactor.finish() instanceof JsonFault fault) {
                throw new AssertionError(fault);
            }
            bytes += text.length;
        }
        return bytes * 1e3 / (System.nanoTime() - start);
    }
}
