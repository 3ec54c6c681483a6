package dev.runstream.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;

/** Feeds one text in many ways that must not matter. */
final class Feeding {
    private static final int SMALL_BYTES = 600;

    private Feeding() {}

    /** What the compactor says of the text whole, in two parts cut at each byte, and byte by byte: always the same. */
    static JsonResult inEachWay(JsonCompactor compactor, byte[] text) {
        JsonResult whole = whole(compactor, text);
        assertThat(byteByByte(compactor, text)).isEqualTo(whole);
        if (text.length <= SMALL_BYTES) {
            for (int cut = 0; cut <= text.length; cut++) {
                assertThat(cutAt(compactor, text, cut)).isEqualTo(whole);
            }
        } else {
            Random random = new Random(1);
            for (int i = 0; i < 20; i++) {
                assertThat(inRandomParts(compactor, text, random, 5000)).isEqualTo(whole);
            }
        }
        return whole;
    }

    static JsonResult whole(JsonCompactor compactor, byte[] text) {
        compactor.reset();
        compactor.feed(text, 0, text.length);
        return finished(compactor);
    }

    static JsonResult byteByByte(JsonCompactor compactor, byte[] text) {
        compactor.reset();
        byte[] one = new byte[1];
        for (byte b : text) {
            one[0] = b;
            compactor.feed(one, 0, 1);
        }
        return finished(compactor);
    }

    static JsonResult inRandomParts(JsonCompactor compactor, byte[] text, Random random, int maxPart) {
        compactor.reset();
        for (int at = 0; at < text.length; ) {
            int end = Math.min(text.length, at + random.nextInt(maxPart + 1));
            compactor.feed(text, at, end);
            at = end;
        }
        return finished(compactor);
    }

    private static JsonResult cutAt(JsonCompactor compactor, byte[] text, int cut) {
        compactor.reset();
        byte[] head = Arrays.copyOf(text, cut);
        compactor.feed(head, 0, cut);
        // What was fed is the caller's again: nothing may still point there.
        Arrays.fill(head, (byte) 0);
        compactor.feed(text, cut, text.length);
        return finished(compactor);
    }

    private static JsonResult finished(JsonCompactor compactor) {
        return switch (compactor.finish()) {
            case JsonBytes bytes -> bytes.copy();
            case JsonFault fault -> fault;
        };
    }
}
