package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.run.RunSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every id after a position is delivered or told to be missing; {@link StreamReader} checks each frame for it. */
@ParameterizedClass
@MethodSource("dev.runstream.server.Transports#here")
class StreamHolesTest {
    private static final int HELD_BYTES = 400;
    private static final int EVENT_BYTES = 100;

    private final TestServer server;

    StreamHolesTest(String transport) {
        server = TestServer.start(
                base -> new Tuning(base).transport(transport).settings(), runs -> holding(runs, HELD_BYTES));
    }

    private static RunSettings holding(RunSettings runs, long bytes) {
        return new RunSettings(
                runs.maxEventBytes(),
                bytes,
                runs.maxOpenRuns(),
                runs.lease(),
                runs.cancelGrace(),
                runs.disconnectGrace(),
                runs.maxRunTime(),
                runs.retainEnded());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A partial of 100 bytes. */
    private static String partial() {
        return "\"" + "p".repeat(EVENT_BYTES - 2) + "\"";
    }

    /** Event 1 is the state, 2 to 4 deltas, 5 the partial, 6 to 15 deltas: held are 5 and 13 to 15. */
    private Feed islandAt5RangeFrom13() {
        return Feed.external(server.store(), "a")
                .deltas(3, EVENT_BYTES)
                .partial(partial())
                .deltas(10, EVENT_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "0,start,1000-1 1000-4,5",
        "1,gap,1000-2 1000-4,5",
        "2,gap,1000-3 1000-4,5",
        "3,gap,1000-4 1000-4,5",
        "4,resumed,'',5",
        "5,gap,1000-6 1000-12,13",
        "6,gap,1000-7 1000-12,13",
        "11,gap,1000-12 1000-12,13",
        "12,resumed,'',13",
        "13,resumed,'',14",
        "14,resumed,'',15",
        "15,resumed,'',16",
        "16,reset,1000-1 1000-4,5",
        "17,reset,1000-1 1000-4,5"
    })
    void resumesAroundAPartialThatOutlivedTheEventsAfterIt(
            long position, String resume, String gap, long firstDelivered) {
        Feed feed = islandAt5RangeFrom13();
        try (StreamReader reader = StreamReader.after(server.port(), "a", position)) {
            StreamReader.Frame first = reader.next();
            assertThat(first.text("resume")).isEqualTo(resume);
            assertThat(first.gap()).isEqualTo(gap);
            assertThat(first.text("firstEventId")).isEqualTo("1000-5");
            assertThat(first.text("lastEventId")).isEqualTo("1000-15");
            feed.delta("16");
            StreamReader.Frame next = reader.next();
            assertThat(next.id()).contains(Feed.id(firstDelivered));
            if (firstDelivered == 5) {
                StreamReader.Frame hole = reader.next();
                assertThat(hole.raw())
                        .matches("event: status\ndata: \\{\"state\":\"running\",\"attempt\":1,"
                                + "\"gap\":\\{\"from\":\"1000-6\",\"to\":\"1000-1[23]\"}}\n\n");
            }
            if (firstDelivered < 16) {
                reader.upTo(16);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,start,1000-1 1000-4",
        "4,resumed,''",
        "5,gap,1000-6 1000-13",
        "12,gap,1000-13 1000-13",
        "13,resumed,''"
    })
    void endsAnEndedRunFromEveryPosition(long position, String resume, String gap) {
        islandAt5RangeFrom13().complete(partial());
        try (StreamReader reader = StreamReader.after(server.port(), "a", position)) {
            StreamReader.Frame first = reader.next();
            assertThat(first.text("resume")).isEqualTo(resume);
            assertThat(first.gap()).isEqualTo(gap);
            assertThat(reader.rest().getLast().id()).contains("1000-16");
        }
    }

    @ParameterizedTest
    @CsvSource({"0,start,1000-1 1000-8", "1,gap,1000-2 1000-8", "7,gap,1000-8 1000-8", "8,resumed,''", "9,resumed,''"})
    void resumesAroundWhatWasEvictedWhereNoPartialIsHeld(long position, String resume, String gap) {
        Feed.external(server.store(), "a").deltas(11, EVENT_BYTES);
        try (StreamReader reader = StreamReader.after(server.port(), "a", position)) {
            StreamReader.Frame first = reader.next();
            assertThat(first.text("resume")).isEqualTo(resume);
            assertThat(first.gap()).isEqualTo(gap);
            assertThat(reader.upTo(12).event()).isEqualTo("delta");
        }
    }

    @Test
    void tellsAHoleAfterAResetInTheFirstFrameToo() {
        Feed.external(server.store(), "a").deltas(11, EVENT_BYTES);

        String body = firstFrame("Last-Event-ID: 7-7\r\n").raw();

        assertThat(body).contains("\"resume\":\"reset\"").contains("\"gap\":{\"from\":\"1000-1\",\"to\":\"1000-8\"}");
    }

    private StreamReader.Frame firstFrame(String headers) {
        try (StreamReader reader = StreamReader.withHeaders(server.port(), "a", headers)) {
            return reader.next();
        }
    }

    @Test
    void namesTheAttemptInForceForTheNextEvent() {
        Feed feed = Feed.queued(server.store(), "a", 3)
                .begin()
                .delta("1")
                .loseWorker()
                .begin()
                .delta("2");
        // 1 queued, 2 running, 3 delta, 4 retrying; 5 running again, 6 delta.
        int[] attempts = {1, 1, 1, 1, 2, 2, 2};
        for (int position = 0; position < attempts.length; position++) {
            try (StreamReader reader = StreamReader.after(server.port(), "a", position)) {
                assertThat(reader.next().json().path("attempt").intValue())
                        .as("after %s", position)
                        .isEqualTo(attempts[position]);
            }
        }
        feed.deltas(8, EVENT_BYTES);
        try (StreamReader reader = StreamReader.after(server.port(), "a", 2)) {
            StreamReader.Frame first = reader.next();
            assertThat(first.text("resume")).isEqualTo("gap");
            assertThat(first.json().path("attempt").intValue()).isEqualTo(2);
        }
    }

    @Test
    void namesTheAttemptBehindAHoleThatComesLater() {
        Feed.queued(server.store(), "a", 3)
                .begin()
                .partial(partial())
                .delta("1")
                .deltas(8, EVENT_BYTES);
        try (StreamReader reader = StreamReader.after(server.port(), "a", 2)) {
            assertThat(reader.next().json().path("attempt").intValue()).isEqualTo(1);
            assertThat(reader.next().event()).isEqualTo("partial");
            assertThat(reader.next().json().path("attempt").intValue()).isEqualTo(1);
        }
    }

    @Test
    void tellsAReaderThatIsTooSlowOfItsHole() {
        Feed feed = Feed.external(server.store(), "a");
        try (StreamReader slow = StreamReader.narrow(server.port(), "a", 4 * 1024);
                StreamReader fast = StreamReader.open(server.port(), "a")) {
            slow.next();
            fast.next();
            // More than the system holds for a reader that takes nothing.
            for (int i = 0; i < 200; i++) {
                feed.event(EventType.DELTA, "\"" + "x".repeat(100_000) + "\"");
                fast.upTo(2 + i);
            }
            feed.complete("\"end\"");
            assertThat(fast.rest()).hasSize(1);

            List<StreamReader.Frame> frames = slow.rest();

            List<String> holes = new ArrayList<>();
            frames.forEach(frame -> {
                if (frame.id().isEmpty()) {
                    holes.add(frame.gap());
                }
            });
            assertThat(holes).isNotEmpty().allSatisfy(hole -> assertThat(hole).isNotEmpty());
            assertThat(frames.getLast().data()).isEqualTo("\"end\"");
        }
    }
}
