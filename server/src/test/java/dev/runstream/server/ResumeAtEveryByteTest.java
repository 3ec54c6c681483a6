package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.SseEvent;
import dev.runstream.client.SseParser;
import dev.runstream.core.log.EventType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A reader that is killed after any byte of a stream's body (after every 499th, inside of a large event) goes on where it
 * was: with the id that an SSE parser had committed by then it gets what it did not have, and nothing twice. Besides that
 * parser, which is the Java client's, bytes are compared as they are, since what a run's bytes have to be is known.
 */
@Tag("slow")
@Timeout(180)
@ParameterizedClass
@ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
class ResumeAtEveryByteTest {
    /** More than is sent in one slice, and more than is copied for many at once. */
    private static final int LARGE = 70_000;

    /** Of the large event's inside only every so manyth byte. */
    private static final int STRIDE = 499;

    private static final String FIRST_FRAME_END = "\n\n";

    private final String version;

    ResumeAtEveryByteTest(String version) {
        this.version = version;
    }

    private static KnownRun run(int largeBytes) {
        return new KnownRun(List.of(
                KnownRun.Event.of(EventType.DELTA, "{\"text\":\"hello\"}"),
                KnownRun.Event.of(EventType.DELTA, "{\"text\":\"grün 日本 🎈 \\u00e9\\n\"}"),
                KnownRun.Event.status("\"message\":\"halfway\",\"progress\":{\"done\":1,\"total\":2}"),
                KnownRun.Event.of(EventType.PARTIAL, "[1,2.50,{\"a\":null}]"),
                KnownRun.Event.of(EventType.DELTA, "\"" + "ß".repeat(largeBytes / 2) + "\""),
                KnownRun.Event.of(EventType.DELTA, "{}"),
                KnownRun.Event.of(EventType.COMPLETE, "{\"result\":\"ende 🎉\"}")));
    }

    private static List<Integer> cuts(KnownRun run, int firstFrame) {
        List<Integer> cuts = new ArrayList<>();
        int large = firstFrame + run.endOf(5);
        int afterLarge = firstFrame + run.endOf(6);
        for (int at = 0; at <= firstFrame + run.length(); at++) {
            if (at < large + 200 || at > afterLarge - 200 || (at - large) % STRIDE == 0) {
                cuts.add(at);
            }
        }
        return cuts;
    }

    @Test
    void goesOnInARunThatWasThereBefore() {
        KnownRun run = run(LARGE);
        try (TestServer server = TestServer.start()) {
            Feed feed = Feed.external(server.store(), "a");
            for (int seq = 2; seq <= run.lastSeq(); seq++) {
                run.publish(feed, seq);
            }
            int firstFrame = firstFrameLength(answerTo(server, "a", ""));
            for (int cut : cuts(run, firstFrame)) {
                Killed killed;
                try (Reading reading = new Reading(server, "a", "")) {
                    killed = reading.killAfter(cut);
                }
                assertGoesOn(server, "a", run, killed, cut);
            }
            Scrape.awaitNoStream(server.port());
        }
    }

    @Test
    void goesOnInARunThatIsWrittenMeanwhile() {
        KnownRun run = run(2_000);
        try (TestServer server = TestServer.start()) {
            // Its name is as long as those of the others, and stands in the first frame.
            Feed.external(server.store(), "r-none");
            int firstFrame;
            try (Reading reading = new Reading(server, "r-none", "")) {
                firstFrame = reading.firstFrame();
            }
            for (int cut : cuts(run, firstFrame)) {
                String runId = "r%05d".formatted(cut);
                Feed feed = Feed.external(server.store(), runId);
                int seq = 1;
                Killed killed;
                try (Reading reading = new Reading(server, runId, "")) {
                    while (seq < run.lastSeq() && firstFrame + run.endOf(seq) < cut) {
                        reading.body(firstFrame + run.endOf(seq));
                        run.publish(feed, ++seq);
                    }
                    killed = reading.killAfter(cut);
                }
                while (seq < run.lastSeq()) {
                    run.publish(feed, ++seq);
                }
                assertGoesOn(server, runId, run, killed, cut);
            }
            Scrape.awaitNoStream(server.port());
        }
    }

    private void assertGoesOn(TestServer server, String runId, KnownRun run, Killed killed, int cut) {
        String committed = killed.lastEventId();
        int firstFrame = firstFrameLength(killed.body());
        int seq = firstFrame == 0 ? 0 : run.seqAt(cut - firstFrame);
        assertThat(committed).as("committed when cut after %d bytes", cut).isEqualTo(seq == 0 ? "" : Feed.id(seq));
        if (firstFrame > 0) {
            assertThat(run.difference(0, killed.body(), firstFrame, cut))
                    .as("up to the cut after %d bytes", cut)
                    .isEmpty();
        }
        byte[] rest = answerTo(server, runId, committed);
        if (seq == run.lastSeq()) {
            assertThat(rest).as("cut after the end").isEmpty();
        } else {
            int begins = firstFrameLength(rest);
            assertThat(rest.length - begins)
                    .as("rest when cut after %d bytes", cut)
                    .isEqualTo(run.length() - run.endOf(seq));
            assertThat(run.difference(run.endOf(seq), rest, begins, rest.length))
                    .as("rest when cut after %d bytes", cut)
                    .isEmpty();
        }
        List<SseEvent> events = new ArrayList<>(killed.events());
        new SseParser(events::add).feed(rest);
        assertThat(events.stream().flatMap(event -> event.id().stream()))
                .as("ids when cut after %d bytes", cut)
                .containsExactlyElementsOf(ids(run));
    }

    private static List<String> ids(KnownRun run) {
        List<String> ids = new ArrayList<>();
        for (int seq = 1; seq <= run.lastSeq(); seq++) {
            ids.add(Feed.id(seq));
        }
        return ids;
    }

    /** The body of a whole answer; empty for {@code 204}. */
    private byte[] answerTo(TestServer server, String runId, String lastEventId) {
        try (Reading reading = new Reading(server, runId, lastEventId)) {
            return reading.rest();
        }
    }

    /** How long a body's first frame is; 0 where it is not whole. */
    private static int firstFrameLength(byte[] body) {
        int end = new String(body, StandardCharsets.ISO_8859_1).indexOf(FIRST_FRAME_END);
        return end < 0 ? 0 : end + FIRST_FRAME_END.length();
    }

    /** What a reader had when it was killed. */
    private record Killed(byte[] body, String lastEventId, List<SseEvent> events) {}

    /** A connection whose body is read as far as a test wants. */
    private final class Reading implements AutoCloseable {
        private final RawHttp http;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final ArrivingBody answer = new ArrivingBody((bytes, from, to) -> body.write(bytes, from, to - from));

        Reading(TestServer server, String runId, String lastEventId) {
            http = new RawHttp(server.port());
            http.send("GET /api/agents/stream/" + runId + " " + version + "\r\nHost: localhost\r\n"
                    + (lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n");
        }

        /** Reads until there are so many bytes of the body, or more. */
        void body(int bytes) {
            while (body.size() < bytes) {
                assertThat(readOn()).as("cut by the server").isTrue();
            }
        }

        int firstFrame() {
            while (firstFrameLength(body.toByteArray()) == 0) {
                assertThat(readOn()).as("cut by the server").isTrue();
            }
            return firstFrameLength(body.toByteArray());
        }

        byte[] rest() {
            boolean more = true;
            while (more && !answer.isOver()) {
                more = readOn();
            }
            assertThat(answer.endsWithConnection()).as("a clean end").isTrue();
            return body.toByteArray();
        }

        private boolean readOn() {
            byte[] piece = new byte[64 * 1024];
            try {
                int length = http.socket().getInputStream().read(piece);
                if (length > 0) {
                    answer.take(piece, length);
                }
                return length >= 0;
            } catch (IOException fault) {
                throw new AssertionError("a connection broke", fault);
            }
        }

        /** Breaks off; what came after so many bytes counts as never arrived. */
        Killed killAfter(int bytes) {
            body(bytes);
            try {
                http.socket().setSoLinger(bytes % 2 == 0, 0);
            } catch (SocketException fault) {
                throw new AssertionError(fault);
            }
            http.close();
            byte[] had = Arrays.copyOf(body.toByteArray(), bytes);
            List<SseEvent> events = new ArrayList<>();
            SseParser parser = new SseParser(events::add);
            parser.feed(had);
            return new Killed(had, parser.lastEventId(), events);
        }

        @Override
        public void close() {
            http.close();
        }
    }
}
